import type { Dsp } from '../../../shared/audio/dsp/dsp.ts';
import type { Pointer } from '../../../shared/audio/dsp/fft.ts';
import type { FrameShape } from './frame-shape.ts';
import type { SpectrumKernels } from './kernels.ts';

const dimensions = 64;
/** Similar moments are further than this from each other, so that a long note is not its own repetition. */
const apartSeconds = 1;
const mostSimilar = 50;

/**
 * Finds the moments of a recording that sound most like one of them. A moment is a pair of frames, described by the loudness
 * of its bands: enough to know it again, and a hundredth of its spectrum.
 */
export class SimilarFrames {
  readonly #dsp: Dsp;
  readonly #kernels: SpectrumKernels;
  readonly #edges: readonly number[];
  readonly #pairs: number;
  readonly #apart: number;
  readonly #features: Pointer;
  readonly #similarities: Pointer;

  /** @param capacity frames that are remembered, an even number */
  constructor(dsp: Dsp, kernels: SpectrumKernels, { bins, hop, sampleRateHz }: FrameShape, capacity: number) {
    this.#dsp = dsp;
    this.#kernels = kernels;
    this.#edges = bandEdges(bins);
    this.#pairs = capacity / 2;
    this.#apart = Math.round((apartSeconds * sampleRateHz) / hop / 2);
    this.#features = dsp.allocate(this.#pairs * dimensions);
    this.#similarities = dsp.allocate(this.#pairs);
  }

  /** @param first, @param second powers of the bins of its two frames */
  remember(pair: number, first: Float32Array, second: Float32Array): void {
    const feature = this.#dsp.floats(this.#featureOf(pair), dimensions).fill(0);
    let length = 0;
    for (let band = 0; band + 1 < this.#edges.length; band++) {
      const [from, until] = [this.#edges[band] as number, this.#edges[band + 1] as number];
      let power = 0;
      for (let bin = from; bin < until; bin++) power += (first[bin] as number) + (second[bin] as number);
      const loudness = Math.sqrt(Math.sqrt(power / (until - from)));
      feature[band] = loudness;
      length += loudness * loudness;
    }
    if (length > 0)
      for (let band = 0; band < dimensions; band++) feature[band] = (feature[band] as number) / Math.sqrt(length);
  }

  /**
   * @param from, @param until the pairs that are remembered
   * @returns pairs, the most similar first; this one is among them
   */
  find(pair: number, from: number, until: number): number[] {
    this.#kernels.masks.similarities(
      this.#featureOf(pair),
      this.#features,
      dimensions,
      this.#pairs,
      this.#similarities,
    );
    const similarities = this.#dsp.floats(this.#similarities, this.#pairs);
    const of = (other: number): number => similarities[other % this.#pairs] as number;
    const highest = (first: number, end: number): number => {
      let top = first;
      for (let other = first + 1; other < end; other++) if (of(other) > of(top)) top = other;
      return top;
    };
    const best: number[] = [];
    for (let cell = from; cell < until; cell += this.#apart) {
      const top = highest(cell, Math.min(cell + this.#apart, until));
      // Two cells may have their highest at the border between them.
      if (highest(Math.max(from, top - this.#apart), Math.min(top + this.#apart + 1, until)) === top) best.push(top);
    }
    return best.sort((a, b) => of(b) - of(a)).slice(0, mostSimilar);
  }

  #featureOf(pair: number): Pointer {
    return this.#features + (pair % this.#pairs) * dimensions * 4;
  }
}

/** Of bands that grow with frequency, each at least one bin. */
function bandEdges(bins: number): number[] {
  const lowest = 4;
  const edges = Array.from({ length: dimensions + 1 }, (_, i) =>
    Math.round(lowest * ((bins - 1) / lowest) ** (i / dimensions)),
  );
  return [...new Set(edges)];
}
