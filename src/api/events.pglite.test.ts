import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenDatabase } from '#database/database.ts';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { testEventStreams } from './event-streams.contract.ts';
import { testEvents } from './events.contract.ts';

async function open(): Promise<OpenDatabase> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-events-'));
  const database = await openPGliteDatabase({ dir });
  const close = async () => {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { ...database, close };
}

testEvents('pglite', open);
testEventStreams('pglite', open);
