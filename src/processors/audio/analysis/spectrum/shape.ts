import type { Spectrum } from '../analysis.ts';

const tiltFromHz = 63;
const tiltToHz = 8_000;
const rolloffShare = 0.85;
const leastRatio = 1e-12;

/**
 * What shape a mean power spectrum has.
 *
 * Centroid and spread are weighted by magnitude, as in librosa, Meyda and essentia (by power, they would tell of the bass
 * alone); rolloff and flatness are of power.
 *
 * @param bins power of each
 * @param first and end of the bins that are looked at
 */
export function spectralShape(
  bins: Float64Array,
  binHz: number,
  [first, end]: readonly [number, number],
): Pick<Spectrum, 'centroidHz' | 'rolloffHz' | 'spreadHz' | 'flatness'> {
  let [power, logarithms, magnitude, moment] = [0, 0, 0, 0];
  for (let bin = first; bin < end; bin++) power += bins[bin] ?? 0;
  if (power < 1e-20) return { centroidHz: null, rolloffHz: null, spreadHz: null, flatness: null };

  const mean = power / (end - first);
  for (let bin = first; bin < end; bin++) {
    const value = bins[bin] ?? 0;
    magnitude += Math.sqrt(value);
    moment += Math.sqrt(value) * bin;
    // An empty bin would make everything a tone.
    logarithms += Math.log(Math.max(value, mean * leastRatio));
  }
  const centroid = moment / magnitude;
  let variance = 0;
  for (let bin = first; bin < end; bin++) variance += Math.sqrt(bins[bin] ?? 0) * (bin - centroid) ** 2;
  return {
    centroidHz: centroid * binHz,
    rolloffHz: rolloffBin(bins, first, power * rolloffShare) * binHz,
    spreadHz: Math.sqrt(variance / magnitude) * binHz,
    flatness: Math.exp(logarithms / (end - first)) / mean,
  };
}

function rolloffBin(bins: Float64Array, first: number, wanted: number): number {
  let bin = first;
  let missing = wanted;
  for (; missing > (bins[bin] ?? wanted); bin++) missing -= bins[bin] ?? 0;
  return bin - 0.5 + missing / (bins[bin] ?? wanted);
}

/** Slope of the line through the curve, in dB of third octaves: pink noise has 0, white noise 3. */
export function tiltDbPerOctave(curve: Spectrum['curve']): number | null {
  const points = curve.flatMap(({ hz, db }) =>
    db !== null && hz >= tiltFromHz && hz <= tiltToHz ? [{ octave: Math.log2(hz), db }] : [],
  );
  if (points.length < 24) return null;
  const meanOctave = points.reduce((sum, { octave }) => sum + octave, 0) / points.length;
  const meanDb = points.reduce((sum, { db }) => sum + db, 0) / points.length;
  const product = points.reduce((sum, { octave, db }) => sum + (octave - meanOctave) * (db - meanDb), 0);
  return product / points.reduce((sum, { octave }) => sum + (octave - meanOctave) ** 2, 0);
}
