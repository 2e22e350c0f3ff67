import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { StftKernel } from './stft-kernel.ts';

/** Cuts channels into frames that overlap by half, and transforms them. The first is centred on the first sample. */
export interface Frames {
  /** Sum of the window: a sine of amplitude 1 on a bin has the magnitude `windowSum / 2`. */
  readonly windowSum: number;
  add(channels: readonly Pointer[], frames: number): void;
  /** Goes on as if silence followed, until each sample has been in two frames. */
  end(): void;
}

/** A power of two: as long as third octaves around 31 Hz need, a sixth to a third of a second. */
export function frameSize(sampleRateHz: number): number {
  return Math.max(64, 2 ** Math.ceil(Math.log2(sampleRateHz * 0.16)));
}

/**
 * The window of Vorbis: its squares, half a frame apart, add up to 1, so that each sample has the same weight in a sum of
 * power spectra, also in short sounds and at both ends. Its leakage falls as quickly as Hann's.
 *
 * @see Vorbis I specification, 1.3.2
 */
export function powerComplementaryWindow(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) =>
    Math.sin((Math.PI / 2) * Math.sin((Math.PI * (i + 0.5)) / size) ** 2),
  );
}

/**
 * @param size of a frame, a power of two from 64
 * @param take is given each frame's spectra, one for each channel, as `Fft.forward` leaves them, but without the mean and
 * what is at half the sample rate
 */
export function createFrames(
  dsp: Dsp,
  kernel: StftKernel,
  channels: number,
  size: number,
  take: (spectra: readonly Pointer[]) => void,
): Frames {
  const hop = size / 2;
  const fft = dsp.fft(size);
  const rising = dsp.allocate(size);
  const falling = rising + hop * 4;
  const window = powerComplementaryWindow(size);
  dsp.floats(rising, size).set(window);
  const each = () => Array.from({ length: channels }, () => dsp.allocate(size));
  let [open, next] = [each(), each()];
  let filled = 0;

  function transform(): void {
    for (const frame of open) {
      fft.forward(frame, frame);
      dsp.floats(frame, 2).fill(0);
    }
    take(open);
    [open, next] = [next, open];
    filled = 0;
  }

  return {
    windowSum: window.reduce((sum, value) => sum + value, 0),
    add(pointers, frames) {
      for (let done = 0; done < frames; ) {
        const count = Math.min(hop - filled, frames - done);
        const at = filled * 4;
        for (const [channel, from] of pointers.entries()) {
          const secondHalf = (open[channel] ?? 0) + hop * 4 + at;
          kernel.spread(from + done * 4, rising + at, falling + at, secondHalf, (next[channel] ?? 0) + at, count);
        }
        filled += count;
        done += count;
        if (filled === hop) transform();
      }
    },
    end() {
      for (const rest of filled > 0 ? [filled, 0] : [0]) {
        for (const frame of open) dsp.floats(frame + (hop + rest) * 4, hop - rest).fill(0);
        for (const frame of next) dsp.floats(frame + rest * 4, hop - rest).fill(0);
        transform();
      }
    },
  };
}
