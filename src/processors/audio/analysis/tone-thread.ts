import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { AudioBlock, AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { ringBuffer, ringWriter } from './block-ring.ts';
import type { ToneResults } from './tone-measures.ts';
import type { ToneAnswer, ToneRequest } from './tone-worker.ts';

/** What works on spectra, wherever it runs. */
export interface ToneWork {
  /** @returns when there is room for the next */
  add(block: AudioBlock): Promise<void>;
  result(): Promise<ToneResults>;
}

export interface ToneThread {
  /** One recording at a time. */
  start(format: AudioFormat): Promise<ToneWork>;
}

/** In this thread, between the blocks. */
export const sameThread: ToneThread = {
  async start(format) {
    const { createToneMeasures } = await import('./tone-measures.ts');
    const { add, result } = await createToneMeasures(format);
    return {
      add: async (block) => add(block),
      result: async () => result(),
    };
  },
};

/** In a second thread, which lives as long as this process and does one recording after the other. */
export function otherThread(): ToneThread {
  const begin = (): Worker => {
    // What it makes lives shortly or for ever: with more room V8 would only collect later.
    const resourceLimits = { maxYoungGenerationSizeMb: 8 };
    const made = new Worker(new URL('./tone-worker.ts', import.meta.url), { resourceLimits });
    made.unref();
    // One that broke down took its recording along; the next one gets another.
    made.once('error', () => {
      worker = undefined;
    });
    return made;
  };
  let worker: Worker | undefined = begin();
  return {
    async start(format) {
      worker ??= begin();
      const own = worker;
      own.ref();
      const answered = once(own, 'message').then(([answer]) => resultsOf(answer as ToneAnswer));
      // Told by whoever waits next; nobody may be waiting yet.
      answered.catch(() => {}).finally(() => own.unref());
      const channels = format.layout.length;
      const ring = ringBuffer(channels);
      const writer = ringWriter(ring, channels);
      own.postMessage({ format, ring } satisfies ToneRequest);
      return {
        // An answer before the end is a failure.
        add: async (block) => void (await Promise.race([writer.write(block), answered])),
        async result() {
          writer.end();
          return await answered;
        },
      };
    },
  };
}

function resultsOf(answer: ToneAnswer): ToneResults {
  if ('error' in answer) throw new Error(answer.error);
  return answer.results;
}
