import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { synthesise, type Voice } from '../../../../../test/support/audio/synthesise.ts';
import { spectrumOf } from '../spectrum/test-spectrum.ts';

const noiseOf = (noiseSeed: number, amplitude = 0.5): Voice => ({ noiseSeed, amplitude });
const one = (voices: readonly Voice[], seconds = 5) => synthesise(44_100, seconds, [voices])[0] ?? new Float32Array();
const scaled = (samples: Float32Array, factor: number) => samples.map((value) => value * factor);
const near = (actual: number | null | undefined, expected: number, tolerance: number, what = '') =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= tolerance, `${what}: ${actual} is not ${expected}`);

async function stereoOf(left: Float32Array, right: Float32Array) {
  const { stereo } = await spectrumOf([left, right]);
  assert.ok(stereo);
  return stereo;
}

describe('the stereo image', () => {
  it('of equal channels is mono, in every band', async () => {
    const noise = one([noiseOf(1)]);
    const stereo = await stereoOf(noise, noise);
    for (const { correlation, widthPercent, monoCompatibilityDb } of [stereo, ...stereo.bands]) {
      assert.deepEqual([correlation, widthPercent], [1, 0]);
      near(monoCompatibilityDb, 0, 1e-9);
    }
    assert.equal(stereo.balanceDb, 0);
    assert.deepEqual(
      stereo.bands.map(({ name }) => name),
      ['sub', 'bass', 'low-mid', 'mid', 'high-mid', 'treble'],
    );
  });

  it('of inverted channels is all side, and nothing in mono', async () => {
    const noise = one([noiseOf(1)]);
    const stereo = await stereoOf(noise, scaled(noise, -1));
    for (const { correlation, widthPercent, monoCompatibilityDb } of [stereo, ...stereo.bands]) {
      assert.deepEqual([correlation, widthPercent, monoCompatibilityDb], [-1, 100, null]);
    }
    const [inversion, ...more] = stereo.inversions;
    assert.deepEqual(more, []);
    assert.deepEqual(inversion, { startSeconds: 0, endSeconds: 5, correlation: -1 });
  });

  it('of unrelated channels is half side, and loses 3.01 dB in mono', async () => {
    const seconds = 20;
    const stereo = await stereoOf(one([noiseOf(1)], seconds), one([noiseOf(2)], seconds));
    for (const band of [{ ...stereo, fromHz: 0, toHz: 22_050 }, ...stereo.bands]) {
      // Four standard deviations of the correlation of noise of this width and duration.
      const tolerance = 4 / Math.sqrt(2 * (band.toHz - band.fromHz) * seconds);
      near(band.correlation, 0, tolerance, 'correlation');
      near(band.widthPercent, 50, 25 * tolerance + 0.1, 'width');
      near(band.monoCompatibilityDb, -3.01, 4.4 * tolerance + 0.01, 'mono');
    }
  });

  it('of one channel alone has no correlation and no balance', async () => {
    const noise = one([noiseOf(1)]);
    const stereo = await stereoOf(noise, new Float32Array(noise.length));
    assert.deepEqual([stereo.correlation, stereo.balanceDb], [null, null]);
    near(stereo.widthPercent, 50, 1e-9);
    near(stereo.monoCompatibilityDb, -10 * Math.log10(2), 1e-9);
    assert.deepEqual(stereo.inversions, []);
  });

  it('of a panned sound follows the angle', async () => {
    const noise = one([noiseOf(1)]);
    for (const degrees of [0.5, 22.5, 45, 67.5]) {
      const angle = (degrees * Math.PI) / 180;
      const [l, r] = [Math.cos(angle), Math.sin(angle)];
      const stereo = await stereoOf(scaled(noise, l), scaled(noise, r));
      const [mid, side] = [l + r, Math.abs(l - r)];
      for (const { correlation, widthPercent, monoCompatibilityDb } of [stereo, ...stereo.bands]) {
        near(correlation, 1, 1e-5);
        near(widthPercent, (100 * side) / (mid + side), 0.05, `width at ${degrees}°`);
        near(monoCompatibilityDb, 20 * Math.log10(mid / Math.SQRT2), 1e-3, `mono at ${degrees}°`);
      }
      near(stereo.balanceDb, 20 * Math.log10(l / r), 1e-3, `balance at ${degrees}°`);
    }
  });

  it('is told band by band', async () => {
    const bass: Voice = { toneHz: 100, amplitude: 0.3 };
    const treble: Voice = { toneHz: 9_000, amplitude: 0.3 };
    const inverted: Voice = { ...treble, amplitude: -0.3 };
    const [left = new Float32Array(), right = new Float32Array()] = synthesise(44_100, 3, [
      [bass, treble],
      [bass, inverted],
    ]);
    const { bands, correlation } = await stereoOf(left, right);
    near(bands[1]?.correlation, 1, 1e-6, 'bass');
    near(bands[5]?.correlation, -1, 1e-6, 'treble');
    near(correlation, 0, 1e-3, 'whole');
  });

  it('of mono is none; of surround that of left and right', async () => {
    const noise = one([noiseOf(1)], 1);
    const mono = await spectrumOf([noise]);
    assert.equal(mono.stereo, null);
    assert.ok(mono.series.correlation.length === 10 && mono.series.correlation.every(Number.isNaN));
    const surround = await spectrumOf([one([noiseOf(3, 1)], 1), noise, scaled(noise, -0.5)]);
    assert.equal(surround.stereo?.correlation, -1);
    near(surround.stereo?.balanceDb, 20 * Math.log10(2), 1e-3);
  });
});

describe('inversions', () => {
  const rate = 44_100;
  const inverted = (samples: Float32Array, from: number, to: number) =>
    samples.map((value, i) => (i >= from * rate && i < to * rate ? -value : value));

  it('are found where they are', async () => {
    const left = one([noiseOf(1)], 12);
    const { inversions } = await stereoOf(left, inverted(inverted(left, 2, 4.5), 8, 9.5));
    assert.equal(inversions.length, 2);
    for (const [index, [start, end]] of [[2, 4.5] as const, [8, 9.5] as const].entries()) {
      near(inversions[index]?.startSeconds, start, 0.11);
      near(inversions[index]?.endSeconds, end, 0.11);
      near(inversions[index]?.correlation, -1, 0.15);
    }
  });

  it('are not those that are short, hardly audible or half way', async () => {
    const left = one([noiseOf(1)], 6);
    assert.deepEqual((await stereoOf(left, inverted(left, 2, 2.7))).inversions, []);
    const quiet = scaled(left, 1e-3);
    assert.deepEqual((await stereoOf(quiet, scaled(quiet, -1))).inversions, []);
    const other = one([noiseOf(2)], 6);
    const partly = left.map((value, i) => -0.4 * value + 0.9 * (other[i] ?? 0));
    assert.deepEqual((await stereoOf(left, partly)).inversions, []);
  });
});
