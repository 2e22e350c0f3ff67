import assert from 'node:assert/strict';
import { accountsEnv, invite, join, setUp } from './accounts.ts';
import { openClient } from './client.ts';
import { assertRefused, type HostileTests } from './hostile-tests.ts';
import { startIsolatedServer } from './isolated-server.ts';
import { newPicture } from './ordinary-work.ts';

/** On a server with accounts: without them nobody has a plan that ends. */
export function quotaRow(tests: HostileTests): void {
  tests.row(
    119,
    'one byte more than the workspace may keep: refused with 413 QUOTA_EXCEEDED, one less is taken',
    async () => {
      await using server = await startIsolatedServer(accountsEnv);
      const anybody = openClient(server);
      const ana = await setUp(server, anybody);
      const editor = await join(server, anybody, 'edu@alpha.example', await invite(ana, 'edu@alpha.example', 'editor'));
      const { id: tenantId } = (await ana.ask('/v1/tenants/current')).json();
      const picture = await newPicture();
      const send = (path: string, method: string, body: object) =>
        ana.ask(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
      const allow = async (storedBytes: number) => {
        const { plan } = (await ana.ask('/v1/usage')).json();
        const { id: _id, ...unlimited } = plan;
        const made = await send('/v1/plans/small', 'PUT', { ...unlimited, name: 'Small', storedBytes });
        const posted =
          made.status === 404
            ? await send('/v1/plans', 'POST', { ...unlimited, id: 'small', name: 'Small', storedBytes })
            : made;
        assert.ok(posted.status < 300, String(posted.bytes));
        const given = await send(`/v1/tenants/${tenantId}/plan`, 'PUT', { planId: 'small', status: 'active' });
        assert.ok(given.status < 300, String(given.bytes));
      };
      await allow(picture.length - 1);
      for (const path of ['/v1/assets', '/v1/images/cutout']) {
        assertRefused(await editor.sendFile(path, picture, 'photo.png'), 413, 'QUOTA_EXCEEDED', tests, path);
      }
      assert.deepEqual((await editor.ask('/v1/assets')).json().items, []);
      await allow(picture.length);
      const taken = await editor.sendFile('/v1/assets', picture, 'photo.png');
      assert.equal(taken.status, 201, String(taken.bytes));
      // Full to the last byte.
      assertRefused(
        await editor.sendFile('/v1/assets', await newPicture(), 'photo.png'),
        413,
        'QUOTA_EXCEEDED',
        tests,
        'full',
      );
      for (const client of [anybody, ana, editor]) client.close();
    },
  );
}
