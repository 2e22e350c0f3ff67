import { maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import { hann } from '#processors/shared/audio/dsp/windows.ts';
import type { MeasureBlock, MeasureSetup } from '#processors/shared/audio/measure.ts';

interface MixDownKernel {
  mixDown(a: Pointer, gainA: number, b: Pointer, gainB: number, out: Pointer, count: number): void;
}

interface MultiplyKernel {
  multiply(a: Pointer, b: Pointer, out: Pointer, count: number): void;
}

/** The mean of all channels in overlapping frames, transformed. */
export interface MonoFrames {
  add(block: MeasureBlock): void;
  /** Fills up with silence until the last sample was in the middle of a frame. */
  end(): void;
}

export interface FrameShape {
  /** A power of two. */
  readonly size: number;
  readonly hop: number;
}

/**
 * Frame n is centred on sample n · hop. Under a Hann window that adds up to 2, so that a sine of full scale has magnitude 1.
 *
 * @param take given each frame's spectrum as `Fft.forward` leaves it; valid until it returns
 */
export async function createMonoFrames(
  { dsp, format }: MeasureSetup,
  { size, hop }: FrameShape,
  take: (spectrum: Pointer) => void,
): Promise<MonoFrames> {
  const { mixDown } = await dsp.kernel<MixDownKernel>(new URL('./mix-down.wasm', import.meta.url));
  const spectrumUrl = new URL('../../../shared/audio/dsp/spectrum.wasm', import.meta.url);
  const { multiply } = await dsp.kernel<MultiplyKernel>(spectrumUrl);
  const fft = dsp.fft(size);
  const window = dsp.allocate(size);
  dsp.floats(window, size).set(hann(size).map((value) => (value * 4) / size));
  const frame = dsp.allocate(size);
  const capacity = size + hop + maxBlockFrames;
  const waiting = dsp.allocate(capacity);
  let count = size / 2;
  const gain = 1 / format.layout.length;

  function takeFrames(): void {
    let start = 0;
    for (; start + size <= count; start += hop) {
      multiply(waiting + start * 4, window, frame, size);
      fft.forward(frame, frame);
      take(frame);
    }
    if (start > 0) dsp.floats(waiting, capacity).copyWithin(0, start, count);
    count = Math.max(0, count - start);
  }

  return {
    add({ pointers, frames }) {
      for (let from = 0; from < frames; ) {
        const part = Math.min(frames - from, capacity - count);
        const out = waiting + count * 4;
        // Two channels at once; one alone is mixed with itself, to which it adds nothing.
        const [first = 0, second] = pointers;
        const both = second === undefined ? ([first, 0] as const) : ([second, gain] as const);
        mixDown(first + from * 4, gain, both[0] + from * 4, both[1], out, part);
        for (const pointer of pointers.slice(2)) mixDown(out, 1, pointer + from * 4, gain, out, part);
        from += part;
        count += part;
        takeFrames();
      }
    },
    end() {
      for (let missing = size / 2; missing > 0; ) {
        const part = Math.min(missing, capacity - count);
        dsp.floats(waiting + count * 4, part).fill(0);
        missing -= part;
        count += part;
        takeFrames();
      }
    },
  };
}
