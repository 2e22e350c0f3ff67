import { expect, test } from 'vitest';
import { changesOf } from './changes-of.ts';

test('what changed is told, what stayed is not', () => {
  expect(changesOf({ before: { role: 'viewer', name: 'Ana' }, after: { role: 'editor', name: 'Ana' } })).toEqual([
    { field: 'role', before: 'viewer', after: 'editor' },
  ]);
});

test('what is new or gone has one side', () => {
  expect(changesOf({ before: null, after: { scopes: ['jobs:read', 'jobs:write'] } })).toEqual([
    { field: 'scopes', after: 'jobs:read, jobs:write' },
  ]);
  expect(changesOf({ before: { limit: 5 }, after: { limit: null } })).toEqual([{ field: 'limit', before: '5' }]);
  expect(changesOf({ before: null, after: null })).toEqual([]);
});
