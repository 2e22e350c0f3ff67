import type { StemName } from '../../../shared/models/separation-descriptor.ts';

/** Left and right of as many samples as a segment has, at the network's sample rate. */
export type Samples = readonly [left: Float32Array, right: Float32Array];

/** A network as what it does with a segment of music, whatever it takes and gives inside. */
export interface SegmentNetwork {
  readonly segmentFrames: number;
  readonly sampleRateHz: number;
  /** All that it gives, in this order. */
  readonly stems: readonly StemName[];
  run(segment: Samples): Promise<readonly Samples[]>;
}
