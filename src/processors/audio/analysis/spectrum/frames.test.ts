import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { noise } from '../../../../../test/support/audio/synthesise.ts';
import { createFrameTotals } from './frame-totals.ts';
import { createFrames } from './frames.ts';
import { loadStftKernel } from './stft-kernel.ts';

const size = 512;
const random = noise(7);
/** What is at 0 Hz and at half the sample rate is left out: of what has all frequencies, one part in 256 or so. */
const withoutEnds = 0.012;

for (const [what, length, sample, tolerance] of [
  ['noise', 10_000, () => random(), withoutEnds],
  ['a click', 5_000, (i: number) => (i === 3_210 ? 1 : 0), withoutEnds],
  ['a click elsewhere', 5_000, (i: number) => (i === 3_333 ? 1 : 0), withoutEnds],
  ['a click at the start', 5_000, (i: number) => (i === 0 ? 1 : 0), withoutEnds],
  ['a short sound', 300, (i: number) => Math.sin(i / 2) * Math.sin((Math.PI * i) / 300) ** 2, 1e-5],
  ['a long sound', 100_003, (i: number) => Math.sin(i / 3 + i * i * 1e-6) * Math.sin(i / 31_000) ** 2, 1e-5],
] as const) {
  test(`frames hold all power and cross power of ${what}`, async () => {
    const left = Float32Array.from({ length }, (_, i) => sample(i));
    const right = left.map((value, i) => 0.5 * value - 0.3 * (left[i - 1] ?? 0));
    const dsp = await createDsp();
    const kernel = await loadStftKernel(dsp);
    const totals = await createFrameTotals(dsp, kernel, size / 2);
    const power = dsp.allocate(size / 2);
    const frames = createFrames(dsp, kernel, 2, size, (spectra) => totals.add(spectra, power));
    const pointers = [dsp.allocate(length), dsp.allocate(length)] as const;
    dsp.floats(pointers[0], length).set(left);
    dsp.floats(pointers[1], length).set(right);
    frames.add(pointers, length);
    frames.end();

    const sums = totals.result();
    const inTime = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    for (const [name, expected] of [
      ['left', inTime(left, left)],
      ['right', inTime(right, right)],
      ['cross', inTime(left, right)],
    ] as const) {
      const sum = sums[name].reduce((total, value) => total + value, 0) * (2 / size);
      assert.ok(Math.abs(sum / expected - 1) < tolerance, `${name}: ${sum} is not ${expected}`);
    }
  });
}
