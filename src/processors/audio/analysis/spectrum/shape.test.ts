import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import essentiaModule from 'essentia.js';
import { noise } from '../../../../../test/support/audio/synthesise.ts';
import { spectralShape, tiltDbPerOctave } from './shape.ts';

const { Essentia, EssentiaWASM } = essentiaModule;
const essentia = new Essentia(EssentiaWASM);
const vector = (values: Float64Array) => essentia.arrayToVector(Float32Array.from(values));

/** Power from bass to treble with lines in it, and the same every time. */
function someSpectrum(seed: number): Float64Array {
  const random = noise(seed);
  return Float64Array.from({ length: 1_025 }, (_, bin) => {
    const line = bin % 97 === seed ? 50 : 0;
    return (1 + line) * (1.1 + random()) * 10 ** ((-3 * bin) / 1_025);
  });
}

describe('the shape of a spectrum', () => {
  const binHz = 21.5;
  const nyquistHz = binHz * 1_024;

  for (const seed of [1, 2, 3]) {
    it(`is what essentia.js says, spectrum ${seed}`, () => {
      const power = someSpectrum(seed);
      const magnitude = vector(power.map(Math.sqrt));
      const { centroidHz, spreadHz, rolloffHz, flatness } = spectralShape(power, binHz, [0, power.length]);
      const close = (actual: number | null, expected: number, tolerance: number) =>
        assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= tolerance, `${actual} is not ${expected}`);
      close(centroidHz, essentia.Centroid(magnitude, nyquistHz).centroid, 0.05);
      const moments = essentia.CentralMoments(magnitude, 'pdf', nyquistHz).centralMoments;
      close(spreadHz, Math.sqrt(essentia.vectorToArray(moments)[2] ?? 0), 0.05);
      // It gives the bin in which the share is reached, we the place in it.
      close(rolloffHz, essentia.RollOff(magnitude, 0.85, 2 * nyquistHz).rollOff, binHz / 2 + 1e-3);
      close(flatness, essentia.Flatness(vector(power)).flatness, 1e-4);
    });
  }

  it('is that of a tone and of noise at the ends', () => {
    const tone = new Float64Array(1_000);
    tone[100] = 1;
    assert.deepEqual(
      { ...spectralShape(tone, 10, [4, 1_000]), flatness: undefined, rolloffHz: undefined },
      { centroidHz: 1_000, spreadHz: 0, flatness: undefined, rolloffHz: undefined },
    );
    assert.ok((spectralShape(tone, 10, [4, 1_000]).flatness ?? 1) < 1e-6);
    const flat = spectralShape(new Float64Array(1_000).fill(0.1), 10, [0, 1_000]);
    assert.ok(Math.abs((flat.flatness ?? 0) - 1) < 1e-9);
  });

  it('leans as its curve does', () => {
    const curve = Array.from({ length: 240 }, (_, index) => ({
      hz: 20 * 2 ** (index / 24),
      db: -20 - (4.5 * index) / 24,
    }));
    assert.ok(Math.abs((tiltDbPerOctave(curve) ?? 0) + 4.5) < 1e-9);
    assert.equal(tiltDbPerOctave(curve.slice(0, 50)), null);
  });
});
