import type { AudioBlock } from '../audio-stream.ts';

/**
 * Leaves out what an encoder put before and behind the recording.
 *
 * @param skipFrames at the beginning
 * @param keepFrames of what comes after those; all when absent
 * @returns takes pieces in order, and gives what is left of each; may be nothing
 */
export function createTrim(skipFrames: number, keepFrames = Number.POSITIVE_INFINITY) {
  let skip = skipFrames;
  let keep = keepFrames;
  return ({ channels, frames }: AudioBlock): AudioBlock => {
    const from = Math.min(skip, frames);
    const count = Math.min(keep, frames - from);
    skip -= from;
    keep -= count;
    if (count === frames) return { channels, frames };
    return { channels: channels.map((channel) => channel.subarray(from, from + count)), frames: count };
  };
}
