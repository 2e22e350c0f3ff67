import type { Readable } from 'node:stream';
import type { Api } from '../deps.ts';

const maxDrainMs = 10_000;

/**
 * Reads on, and throws away, what a client still sends when its answer is ready, up to a limit.
 *
 * Closing at once would reset the connection while the client is writing, and most clients then report a broken pipe
 * instead of the 413 that was sent.
 *
 * @param maxDrainBytes more than this is not a mistake any more; then the connection is closed
 */
export function addBodyDrain(api: Api, maxDrainBytes: number): void {
  api.addHook('onSend', async ({ raw }) => {
    if (raw.complete) return;
    raw.unpipe();
    drain(raw, maxDrainBytes);
  });
}

/** Discards what `stream` brings, and destroys it after `maxBytes` or ten seconds. */
export function drain(stream: Readable, maxBytes: number): void {
  let drainedBytes = 0;
  const timer = setTimeout(() => stream.destroy(), maxDrainMs).unref();
  stream.once('close', () => clearTimeout(timer));
  stream.on('data', (chunk: Buffer) => {
    drainedBytes += chunk.length;
    if (drainedBytes > maxBytes) stream.destroy();
  });
  stream.resume();
}
