import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '#storage/object-store.ts';

// The process that the contract of object stores kills: opens the store named by its arguments and puts objects for ever.
const [moduleUrl = '', exportName = '', optionsJson = '{}', scratchDir = ''] = process.argv.slice(2);
const driver: Record<string, (options: unknown) => Promise<ObjectStore>> = await import(moduleUrl);
const store = await driver[exportName]?.(JSON.parse(optionsJson));
if (store === undefined) throw new Error(`${moduleUrl} exports no ${exportName}`);

for (let count = 0; ; count += 1) {
  const bytes = randomBytes(300_000);
  const path = join(scratchDir, String(count));
  await writeFile(path, bytes);
  await store.putFile(createHash('sha256').update(bytes).digest('hex'), path);
  process.stdout.write('put\n');
}
