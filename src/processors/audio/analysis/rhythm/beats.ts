/** How much a beat that comes early or late costs; librosa's. */
const tightness = 100;
/** Part of the mean strength on beats. */
const audible = 0.05;

/**
 * The beats of a recording whose tempo is known: the path from beat to beat that meets the most strength and keeps its
 * distances.
 *
 * @param strength smoothed to some hundredths of a second
 * @param period values between two beats
 * @returns places in `strength`, rising
 * @see Ellis, Beat tracking by dynamic programming, 2007
 */
export function trackBeats(strength: Float32Array, period: number): number[] {
  const scale = deviation(strength);
  if (scale === 0) return [];
  const nearest = Math.max(1, Math.round(period / 2));
  const farthest = Math.round(2 * period);
  const cost = Float64Array.from({ length: farthest + 1 }, (_, lag) => tightness * Math.log(lag / period) ** 2);
  const total = new Float64Array(strength.length);
  const previous = new Int32Array(strength.length).fill(-1);
  for (let i = 0; i < strength.length; i += 1) {
    let most = Number.NEGATIVE_INFINITY;
    let from = -1;
    for (let lag = nearest; lag <= farthest && lag <= i; lag += 1) {
      const score = (total[i - lag] as number) - (cost[lag] as number);
      if (score > most) [most, from] = [score, i - lag];
    }
    total[i] = (strength[i] as number) / scale + Math.max(0, most);
    if (most > 0) previous[i] = from;
  }
  // The last beat is the best end among those of the last period.
  let at = Math.max(0, strength.length - Math.ceil(period));
  for (let i = at; i < strength.length; i += 1) if ((total[i] as number) > (total[at] as number)) at = i;
  const beats: number[] = [];
  for (; at >= 0; at = previous[at] as number) beats.push(at);
  return trimmed(beats.reverse(), strength);
}

/** Without those in the silence before and after the music. */
function trimmed(beats: readonly number[], strength: Float32Array): number[] {
  const strengths = beats.map((beat) => strength[beat] as number);
  const least = (audible * strengths.reduce((sum, value) => sum + value, 0)) / strengths.length;
  const first = strengths.findIndex((value) => value >= least);
  const last = strengths.findLastIndex((value) => value >= least);
  return beats.slice(first, last + 1);
}

function deviation(values: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    sum += values[i] as number;
    squares += (values[i] as number) ** 2;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
}
