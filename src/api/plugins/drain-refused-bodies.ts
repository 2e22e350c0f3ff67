import type { IncomingMessage } from 'node:http';
import type { Api } from '../deps.ts';

const maxDrainMs = 10_000;

/**
 * Reads on, and throws away, what a client still sends after its answer, up to a limit.
 *
 * Closing at once would reset the connection while the client is writing, and most clients then report a broken pipe
 * instead of the 413 that was sent.
 *
 * @param maxDrainBytes more than this is not a mistake any more; then the connection is closed
 */
export function addBodyDrain(api: Api, maxDrainBytes: number): void {
  api.addHook('onResponse', async ({ raw }) => {
    if (!raw.complete && !raw.destroyed) drain(raw, maxDrainBytes);
  });
}

function drain(raw: IncomingMessage, maxDrainBytes: number): void {
  let drainedBytes = 0;
  const stop = setTimeout(() => raw.destroy(), maxDrainMs);
  raw.once('close', () => clearTimeout(stop));
  raw.unpipe();
  raw.on('data', (chunk: Buffer) => {
    drainedBytes += chunk.length;
    if (drainedBytes > maxDrainBytes) raw.destroy();
  });
  raw.resume();
}
