import { randomUUID } from 'node:crypto';
import { s3Server, s3ServerNames } from '../../../../test/support/s3/s3-servers.ts';
import { testDirectAccess } from '../../direct-access.contract.ts';
import { testObjectStore } from '../../object-store.contract.ts';
import { openS3ObjectStore, type S3StoreOptions } from './s3-object-store.ts';

const hourMs = 3_600_000;

for (const name of s3ServerNames) {
  testObjectStore('s3', async () => {
    const server = await s3Server(name);
    const prefix = `${randomUUID()}/`;
    // The contract's objects become old after hours, and its lists have several pages.
    const options: S3StoreOptions = { ...server.settings, prefix, refreshAfterMs: hourMs / 2, pageSize: 7 };
    return {
      store: await openS3ObjectStore(options),
      engine: server.engine,
      races: 10,
      megabytes: name === 'swift' ? 30 : 200,
      opener: {
        moduleUrl: new URL('./s3-object-store.ts', import.meta.url).href,
        exportName: 'openS3ObjectStore',
        options,
      },
      makeOlder: (sha256, ageMs) =>
        server.makeOlder(`${prefix}objects/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`, ageMs),
      cleanUp: async () => {},
    };
  });

  testDirectAccess('s3', async () => {
    const { settings, engine } = await s3Server(name);
    const store = await openS3ObjectStore({ ...settings, prefix: `${randomUUID()}/` });
    return { store, engine, isStrict: name === 'swift' };
  });
}
