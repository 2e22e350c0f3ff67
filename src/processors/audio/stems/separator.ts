import type { AudioBlock } from '../../shared/audio/audio-stream.ts';
import type { StemName } from '../../shared/models/separation-descriptor.ts';

/** Some consecutive frames of a recording, taken apart. All arrays are overwritten by the next one. */
export interface Separated extends AudioBlock {
  /** What was put in, a little later: `channels` are the recording's own. Estimated stems, each with as many channels. */
  readonly stems: ReadonlyMap<StemName, readonly Float32Array[]>;
}

/** Takes a recording of one or two channels apart as it comes: memory does not grow with its duration. */
export interface Separator {
  /** What it estimates. The rest of the recording is one more stem, which nobody estimates. */
  readonly estimates: readonly StemName[];
  /** What is finished, in order. Frames wait for those after them, so that this may be nothing or much. */
  add(block: AudioBlock): AsyncIterable<Separated> | Iterable<Separated>;
  /** All that is left. Once, after the last block. */
  end(): AsyncIterable<Separated> | Iterable<Separated>;
}
