import { flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { drainRing } from './block-ring.ts';
import { createToneMeasures, type ToneResults } from './tone-measures.ts';

/** The second thread of an analysis: takes samples from a ring and says at the end what their spectra tell. */

export interface ToneRequest {
  readonly format: AudioFormat;
  readonly ring: SharedArrayBuffer;
}

export type ToneAnswer = { readonly results: ToneResults } | { readonly error: string };

parentPort?.on('message', async (request: ToneRequest) => {
  parentPort?.postMessage(await answer(request));
  // What Node keeps of a thread when it ends, it does not keep when the process is killed.
  flushCompileCache();
});

async function answer({ format, ring }: ToneRequest): Promise<ToneAnswer> {
  try {
    const { add, result } = await createToneMeasures(format);
    drainRing(ring, format.layout.length, add);
    return { results: result() };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
