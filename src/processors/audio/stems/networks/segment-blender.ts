import type { Samples, SegmentNetwork } from './segment-network.ts';

/**
 * Runs a network over music of any length, segment by segment. Segments overlap and are weighted by a triangle, so that one
 * fades into the next and the ends of each, where a network knows least, count least.
 */
export class SegmentBlender {
  readonly #network: SegmentNetwork;
  readonly #step: number;
  readonly #weights: Float32Array;
  readonly #input: Samples;
  readonly #sums: readonly Samples[];
  readonly #sumOfWeights: Float32Array;
  #filled = 0;

  /** @param overlap part of a segment that the next one covers again, 0 … 0.9 */
  constructor(network: SegmentNetwork, overlap: number) {
    const length = network.segmentFrames;
    const pair = (): Samples => [new Float32Array(length), new Float32Array(length)];
    this.#network = network;
    this.#step = Math.max(1, Math.round(length * (1 - overlap)));
    this.#weights = Float32Array.from({ length }, (_, i) => Math.min(i + 0.5, length - i - 0.5) / length);
    this.#input = pair();
    this.#sums = network.stems.map(pair);
    this.#sumOfWeights = new Float32Array(length);
  }

  /** @returns what no later segment reaches: for each of the network's stems left and right */
  async *add(samples: Samples): AsyncGenerator<readonly Samples[]> {
    const { length } = samples[0];
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, this.#network.segmentFrames - this.#filled);
      for (const channel of [0, 1] as const) {
        this.#input[channel].set(samples[channel].subarray(from, from + count), this.#filled);
      }
      this.#filled += count;
      from += count;
      if (this.#filled === this.#network.segmentFrames) yield await this.#run(this.#step);
    }
  }

  /** What is left, the last segment filled up with silence. */
  async *end(): AsyncGenerator<readonly Samples[]> {
    if (this.#filled === 0) return;
    for (const channel of this.#input) channel.fill(0, this.#filled);
    yield await this.#run(this.#filled);
  }

  async #run(finished: number): Promise<readonly Samples[]> {
    const length = this.#network.segmentFrames;
    const stems = await this.#network.run(this.#input);
    for (let i = 0; i < length; i++)
      this.#sumOfWeights[i] = (this.#sumOfWeights[i] as number) + (this.#weights[i] as number);
    const out = this.#sums.map((sums, stem) => {
      const [left, right] = ([0, 1] as const).map((channel) => {
        const [sum, samples] = [sums[channel], stems[stem]?.[channel] as Float32Array];
        for (let i = 0; i < length; i++)
          sum[i] = (sum[i] as number) + (samples[i] as number) * (this.#weights[i] as number);
        const blended = sum.slice(0, finished).map((value, i) => value / (this.#sumOfWeights[i] as number));
        sum.copyWithin(0, finished).fill(0, length - finished);
        return blended;
      });
      return [left as Float32Array, right as Float32Array] as const;
    });
    this.#sumOfWeights.copyWithin(0, finished).fill(0, length - finished);
    for (const channel of this.#input) channel.copyWithin(0, finished);
    this.#filled -= finished;
    return out;
  }
}
