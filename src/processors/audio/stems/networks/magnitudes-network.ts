import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { RuntimeSetup } from '../../../contract.ts';
import { createDsp } from '../../../shared/audio/dsp/dsp.ts';
import { hann } from '../../../shared/audio/dsp/windows.ts';
import type { SeparationDescriptor } from '../../../shared/models/separation-descriptor.ts';
import { asModel, unusable } from '../../../shared/onnx/added-graph.ts';
import type { Samples, SegmentNetwork } from './segment-network.ts';

const tiny = 1e-10;

/**
 * A network from magnitudes to magnitudes: [1, 2, bins, frames] as Open-Unmix has them, or [1, 2, frames, bins] as Spleeter.
 * What it says becomes soft masks on the spectra: of several stems each one's part of all power, of a single one its part of
 * what is there. Bins that it does not see get the mean of the highest quarter that it does.
 *
 * @see https://github.com/sigsep/open-unmix-pytorch and https://github.com/deezer/spleeter
 */
export async function magnitudesNetwork(
  model: SeparationDescriptor,
  session: InferenceSession,
  setup: RuntimeSetup,
): Promise<SegmentNetwork> {
  const { segment: frames, sampleRateHz, stems, inputName, outputNames, shape } = model;
  const { fftSize, hop, bins } = model;
  if (fftSize === undefined || hop === undefined || bins === undefined)
    throw unusable(model, 'its transform is not said');
  const dims = shape === 'open-unmix' ? [1, 2, bins, frames] : [1, 2, frames, bins];
  const [binStep, frameStep] = shape === 'open-unmix' ? [frames, 1] : [1, bins];
  const spectra = await Spectra.open(fftSize, hop, frames);
  return {
    segmentFrames: (frames - 1) * hop,
    sampleRateHz,
    stems,
    async run(samples) {
      const transformed = samples.map((channel) => spectra.of(channel));
      const input = new Float32Array(2 * bins * frames);
      transformed.forEach((spectrum, channel) => {
        const plane = input.subarray(channel * bins * frames, (channel + 1) * bins * frames);
        for (let frame = 0; frame < frames; frame++) {
          const magnitude = magnitudesOf(spectrum.subarray(frame * fftSize, (frame + 1) * fftSize));
          for (let bin = 0; bin < bins; bin++) plane[bin * binStep + frame * frameStep] = magnitude(bin);
        }
      });
      const feeds = { [inputName]: new Tensor('float32', input, dims) };
      const outputs = await asModel(model, setup, session.run(feeds, outputNames));
      const estimates = outputNames.map((name) => {
        const output = outputs[name];
        if (output?.type === 'float32' && output.dims.join() === dims.join()) return output.data as Float32Array;
        throw unusable(model, `its output ${name} of [${output?.dims.join(', ')}] is not [${dims.join(', ')}]`);
      });
      const masks = softMasks(estimates, input);
      return masks.map((mask): Samples => {
        const [left, right] = transformed.map((spectrum, channel) => {
          const plane = mask.subarray(channel * bins * frames, (channel + 1) * bins * frames);
          return spectra.back(spectrum, (frame) => maskOf(plane, frame * frameStep, binStep, bins));
        });
        return [left as Float32Array, right as Float32Array];
      });
    },
  };
}

/** The parts of each stem, in the place of its magnitudes; 0 … 1. */
function softMasks(estimates: readonly Float32Array[], mix: Float32Array): Float32Array[] {
  if (estimates.length === 1) {
    return estimates.map((estimate) =>
      estimate.map((value, i) => Math.min(Math.max(value / ((mix[i] as number) + tiny), 0), 1)),
    );
  }
  const power = new Float32Array(mix.length);
  for (const estimate of estimates)
    for (let i = 0; i < power.length; i++) power[i] = (power[i] as number) + (estimate[i] as number) ** 2;
  return estimates.map((estimate) => estimate.map((value, i) => value ** 2 / ((power[i] as number) + tiny)));
}

function maskOf(plane: Float32Array, from: number, binStep: number, bins: number): (bin: number) => number {
  const top = Math.floor((bins * 3) / 4);
  let sum = 0;
  for (let bin = top; bin < bins; bin++) sum += plane[from + bin * binStep] as number;
  const beyond = sum / (bins - top);
  return (bin) => (bin < bins ? (plane[from + bin * binStep] as number) : beyond);
}

/** Of a spectrum as `Fft.forward` leaves it. */
function magnitudesOf(spectrum: Float32Array): (bin: number) => number {
  const half = spectrum.length / 2;
  return (bin) => {
    if (bin === 0 || bin === half) return Math.abs(spectrum[bin === 0 ? 0 : 1] as number);
    return Math.hypot(spectrum[2 * bin] as number, spectrum[2 * bin + 1] as number);
  };
}

/** To a spectrum, or back, times the size; overwritten by the next. */
type Transform = (samples: Float32Array, forward: boolean) => Float32Array;

/** Frames whose middles are a hop apart, the first on the first sample and the last behind the last. */
class Spectra {
  readonly #size: number;
  readonly #hop: number;
  readonly #frames: number;
  readonly #window: Float32Array;
  readonly #transform: Transform;

  private constructor(size: number, hop: number, frames: number, transform: Transform) {
    this.#size = size;
    this.#hop = hop;
    this.#frames = frames;
    this.#window = hann(size);
    this.#transform = transform;
  }

  static async open(size: number, hop: number, frames: number): Promise<Spectra> {
    const dsp = await createDsp();
    const fft = dsp.fft(size);
    const work = dsp.allocate(size);
    return new Spectra(size, hop, frames, (samples, forward) => {
      const view = dsp.floats(work, size);
      view.set(samples);
      if (forward) fft.forward(work, work);
      else fft.inverse(work, work);
      return view;
    });
  }

  of(samples: Float32Array): Float32Array {
    const size = this.#size;
    const spectra = new Float32Array(this.#frames * size);
    const frame = new Float32Array(size);
    for (let i = 0; i < this.#frames; i++) {
      const start = i * this.#hop - size / 2;
      for (let at = 0; at < size; at++) frame[at] = (samples[start + at] ?? 0) * (this.#window[at] as number);
      spectra.set(this.#transform(frame, true), i * size);
    }
    return spectra;
  }

  /** @param maskOfFrame gives for a frame what is left of each of its bins */
  back(spectra: Float32Array, maskOfFrame: (frame: number) => (bin: number) => number): Float32Array {
    const size = this.#size;
    const length = (this.#frames - 1) * this.#hop;
    const [out, weights, masked] = [new Float32Array(length), new Float32Array(length), new Float32Array(size)];
    for (let i = 0; i < this.#frames; i++) {
      const spectrum = spectra.subarray(i * size, (i + 1) * size);
      const mask = maskOfFrame(i);
      masked[0] = (spectrum[0] as number) * mask(0);
      masked[1] = (spectrum[1] as number) * mask(size / 2);
      for (let bin = 1; bin < size / 2; bin++) {
        const part = mask(bin);
        masked[2 * bin] = (spectrum[2 * bin] as number) * part;
        masked[2 * bin + 1] = (spectrum[2 * bin + 1] as number) * part;
      }
      const frame = this.#transform(masked, false);
      const start = i * this.#hop - size / 2;
      for (let at = Math.max(0, -start); at < Math.min(size, length - start); at++) {
        const window = this.#window[at] as number;
        out[start + at] = (out[start + at] as number) + ((frame[at] as number) / size) * window;
        weights[start + at] = (weights[start + at] as number) + window * window;
      }
    }
    return out.map((value, i) => value / Math.max(weights[i] as number, tiny));
  }
}
