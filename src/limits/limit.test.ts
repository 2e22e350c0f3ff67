import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LimitState, rateLimited, rateLimitFields } from './limit.ts';

const state: LimitState = { name: 'ip', allowed: 100, used: 57, windowSeconds: 60, resetsInMs: 42_100 };

// The examples of draft-ietf-httpapi-ratelimit-headers have this form: a list of strings with parameters.
test('fields say each policy and what is left of it', () => {
  assert.deepEqual(rateLimitFields([state]), {
    'ratelimit-policy': '"ip";q=100;w=60',
    ratelimit: '"ip";r=43;t=43',
  });
  const over: LimitState = { ...state, name: 'plan', used: 140, resetsInMs: 3 };
  assert.deepEqual(rateLimitFields([state, over]), {
    'ratelimit-policy': '"ip";q=100;w=60, "plan";q=100;w=60',
    ratelimit: '"ip";r=43;t=43, "plan";r=0;t=1',
  });
});

test('the problem says which limit, what it allows, what was used, and when it counts anew', () => {
  const { status, extensions, detail } = rateLimited({ ...state, used: 101 });
  assert.equal(status, 429);
  const { resetsAt, ...rest } = extensions;
  assert.deepEqual(rest, { limit: 'ip', allowed: 100, used: 100 });
  assert.ok(Math.abs(Date.parse(String(resetsAt)) - Date.now() - 43_000) < 2_000);
  assert.match(detail, /^100 requests .* in 1 min.* 43 s\.$/);
});
