import { noise } from './synthesise.ts';

/**
 * Something like a song for meters: drums, chords and a bass, quiet verses and loud choruses, softly limited. Equal seeds
 * give equal samples.
 *
 * @param drive 1 is open, 4 is crushed
 */
export function musicLike(sampleRateHz: number, seconds: number, seed: number, drive = 1): Float32Array {
  const [snare, hats] = [noise(seed), noise(seed + 1)];
  const detune = 1 + (seed % 7) * 3e-4;
  const chord = [110, 220, 277.18, 329.63, 440].map((hz) => hz * detune);
  let lastHat = 0;
  return Float32Array.from({ length: Math.round(sampleRateHz * seconds) }, (_, frame) => {
    const t = frame / sampleRateHz;
    const [beat, offBeat, eighth] = [t % 0.5, (t + 0.5) % 1, t % 0.125];
    const kick = Math.sin(2 * Math.PI * (50 * beat + 5 * (1 - Math.exp(-30 * beat)))) * Math.exp(-8 * beat);
    const drum = snare() * Math.exp(-15 * offBeat);
    const hiss = hats();
    const hat = (hiss - lastHat) * Math.exp(-60 * eighth);
    lastHat = hiss;
    const strings = chord.reduce((sum, hz) => sum + Math.sin(2 * Math.PI * hz * t + 2 * Math.sin(hz * t)), 0);
    const section = Math.floor(t / 8) % 3 === 0 ? 0.15 : 0.8;
    return Math.tanh(drive * section * (0.5 * kick + 0.3 * drum + 0.1 * hat + 0.06 * strings));
  });
}
