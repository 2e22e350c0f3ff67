/** Adding and taking away leaves the nearest integer, for numbers below 2^51. */
const rounding = 1.5 * 2 ** 52;

/**
 * The library divides by the largest positive value; everybody else, and ffmpeg, by the number of negative ones. This goes
 * back to the integers and divides again, exactly.
 */
export function rescaleExactly(channels: readonly Float32Array[], bitsPerSample: number): void {
  const negatives = 2 ** (bitsPerSample - 1);
  const divided = negatives - 1;
  for (const samples of channels) {
    for (let i = 0; i < samples.length; i += 1) {
      samples[i] = ((samples[i] as number) * divided + rounding - rounding) / negatives;
    }
  }
}
