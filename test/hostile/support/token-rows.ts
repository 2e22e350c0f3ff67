import assert from 'node:assert/strict';
import { makeKey, type Person } from './accounts.ts';
import type { Answer, Client } from './client.ts';
import { assertRefused, type HostileTests } from './hostile-tests.ts';
import { newPicture } from './ordinary-work.ts';
import { claims, forgedToken, goodToken, jwks, provider, publicKeyTexts } from './tokens.ts';

interface Callers {
  readonly anybody: Client;
  readonly ana: Person;
  readonly alphaId: string;
}

/** Tokens of an outside identity provider, and other signatures. @param callers as they are when a row runs */
export function tokenRows(tests: HostileTests, callers: () => Callers): void {
  function withToken(token: string): Promise<Answer> {
    return callers().anybody.ask('/v1/jobs', { headers: { authorization: `Bearer ${token}` } });
  }

  async function assertNoToken(tokens: readonly string[]): Promise<void> {
    // A good one is taken, or the others would say nothing.
    const good = await withToken(goodToken(claims(callers().alphaId)));
    assert.equal(good.status, 200, String(good.bytes));
    for (const token of tokens)
      assertRefused(await withToken(token), 401, 'UNAUTHENTICATED', tests, token.slice(0, 120));
  }

  tests.row(
    84,
    'a token that says it needs no signature: refused with 401 UNAUTHENTICATED',
    async () => {
      const algs = ['none', 'None', 'NONE', 'nOnE', '', null, undefined];
      await assertNoToken(
        algs.map((alg) => forgedToken({ alg, typ: 'JWT', kid: 'one' }, claims(callers().alphaId), undefined)),
      );
    },
    provider,
  );

  tests.row(
    85,
    'a token signed with the public key as if it were a shared secret: refused with 401 UNAUTHENTICATED',
    () =>
      assertNoToken(
        publicKeyTexts().flatMap((key) =>
          ['HS256', 'RS256'].map((alg) => forgedToken({ alg, kid: 'one' }, claims(callers().alphaId), key)),
        ),
      ),
    provider,
  );

  tests.row(
    86,
    'a token whose key is a path, a query or an address: refused with 401 UNAUTHENTICATED',
    () => {
      const kids = [
        '../../../../dev/null',
        '/dev/null',
        "' union select 'x' --",
        'http://127.0.0.1/jwks.json',
        '\0',
        '__proto__',
      ];
      const own = {
        jku: 'http://127.0.0.1:8080/jwks.json',
        x5u: 'http://127.0.0.1:8080/x',
        jwk: JSON.parse(jwks).keys[0],
      };
      return assertNoToken([
        ...kids.flatMap((kid) => [
          forgedToken({ alg: 'HS256', kid }, claims(callers().alphaId), ''),
          forgedToken({ alg: 'RS256', kid }, claims(callers().alphaId), ''),
        ]),
        forgedToken({ alg: 'HS256', ...own }, claims(callers().alphaId), ''),
        forgedToken({ alg: 'RS256', kid: 'one', crit: ['x'], x: 1 }, claims(callers().alphaId), 'x'),
      ]);
    },
    provider,
  );

  tests.row(
    87,
    'signatures of another length: refused with 401 UNAUTHENTICATED, and where an address is signed with 403 or 404',
    async () => {
      const good = goodToken(claims(callers().alphaId));
      const signed = good.slice(0, good.lastIndexOf('.') + 1);
      await assertNoToken(
        ['A', 'AA', 'AAAA', 'A'.repeat(43), 'A'.repeat(10_000), '!'.repeat(342), good.slice(signed.length, -2)].map(
          (end) => signed + end,
        ),
      );
      const { key } = await makeKey(callers().ana, ['jobs:read']);
      for (const wrong of [
        key.slice(0, -1),
        `${key}A`,
        key.slice(0, key.lastIndexOf('_') + 1),
        `${key}${key}`,
        'esteira__',
        'esteira_',
      ]) {
        assertRefused(await withToken(wrong), 401, 'UNAUTHENTICATED', tests, wrong.slice(0, 20));
      }
      for (const signature of ['A', 'A'.repeat(42), 'A'.repeat(44), 'A'.repeat(900)]) {
        const { assetId } = await cheapAsset();
        assertRefused(
          await callers().anybody.ask(`/i/${signature}/w:9/${assetId}`),
          [403, 404],
          ['INVALID_SIGNATURE', 'NOT_FOUND'],
          tests,
        );
        assertRefused(
          await callers().anybody.ask(`/s/${assetId}/${signature}`),
          404,
          ['SHARE_NOT_FOUND', 'NOT_FOUND'],
          tests,
        );
      }
    },
    provider,
  );

  let asset: string | undefined;
  async function cheapAsset(): Promise<{ assetId: string }> {
    asset ??= (await callers().ana.sendFile('/v1/assets', await newPicture(), 'photo.png')).json().id as string;
    return { assetId: asset };
  }
}
