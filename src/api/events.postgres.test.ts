import type { OpenDatabase } from '#database/database.ts';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { freshDatabase } from '../../test/support/servers.ts';
import { testEventStreams } from './event-streams.contract.ts';
import { testEvents } from './events.contract.ts';

async function open(): Promise<OpenDatabase> {
  const fresh = await freshDatabase();
  const database = await openPostgresDatabase({ url: fresh.url });
  const close = async () => {
    await database.close();
    await fresh.drop();
  };
  return { ...database, close };
}

testEvents('postgres', open);
testEventStreams('postgres', open);
