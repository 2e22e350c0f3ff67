import { type AudioBlock, maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';

/**
 * Blocks of samples on their way from one thread to another, in shared memory: the writer waits while the ring is full,
 * the reader while it is empty. One of each.
 */
export interface RingWriter {
  /** @returns when there was room */
  write(block: AudioBlock): Promise<void>;
  /** Nothing follows. */
  end(): void;
}

const slots = 8;
/** Places in the control words. */
const written = 0;
const read = 1;
const ended = 2;
const firstFrames = 3;
const controlBytes = 64;

/** @param channels of every block */
export function ringBuffer(channels: number): SharedArrayBuffer {
  return new SharedArrayBuffer(controlBytes + slots * channels * maxBlockFrames * 4);
}

export function ringWriter(buffer: SharedArrayBuffer, channels: number): RingWriter {
  const { control, slot } = layout(buffer, channels);
  let count = 0;
  return {
    async write({ channels: samples, frames }) {
      for (let done = Atomics.load(control, read); count - done >= slots; done = Atomics.load(control, read)) {
        await Atomics.waitAsync(control, read, done).value;
      }
      const place = slot(count % slots);
      samples.forEach((from, channel) => {
        place[channel]?.set(from.subarray(0, frames));
      });
      control[firstFrames + (count % slots)] = frames;
      Atomics.store(control, written, ++count);
      Atomics.notify(control, written);
    },
    end() {
      Atomics.store(control, ended, 1);
      Atomics.notify(control, written);
    },
  };
}

/**
 * Takes all blocks out in order, blocking its thread while there is none.
 *
 * @param use called with each; the samples are overwritten after it returns
 */
export function drainRing(buffer: SharedArrayBuffer, channels: number, use: (block: AudioBlock) => void): void {
  const { control, slot } = layout(buffer, channels);
  for (let count = 0; ; count++) {
    while (Atomics.load(control, written) === count) {
      // The end is told after the last block: whoever sees it has to look for one more.
      const isOver = Atomics.load(control, ended) === 1;
      if (isOver && Atomics.load(control, written) === count) return;
      Atomics.wait(control, written, count, 100);
    }
    const frames = control[firstFrames + (count % slots)] ?? 0;
    use({ channels: slot(count % slots).map((samples) => samples.subarray(0, frames)), frames });
    Atomics.store(control, read, count + 1);
    Atomics.notify(control, read);
  }
}

function layout(buffer: SharedArrayBuffer, channels: number) {
  const control = new Int32Array(buffer, 0, controlBytes / 4);
  const slot = (index: number): readonly Float32Array[] =>
    Array.from({ length: channels }, (_, channel) => {
      const offset = controlBytes + (index * channels + channel) * maxBlockFrames * 4;
      return new Float32Array(buffer, offset, maxBlockFrames);
    });
  return { control, slot };
}
