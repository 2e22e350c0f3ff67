import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { noise } from '../../../../../test/support/audio/synthesise.ts';
import { createFrameTotals } from './frame-totals.ts';
import { createFrames } from './frames.ts';
import { loadStftKernel } from './stft-kernel.ts';

for (const [what, length, sample] of [
  ['noise', 10_000, (random: () => number) => random()],
  ['a click', 5_000, (_: () => number, i: number) => (i === 3_210 ? 1 : 0)],
  ['a short sound', 100, (random: () => number, i: number) => random() * Math.sin(i)],
  ['a long sound', 200_000, (random: () => number, i: number) => random() + Math.sin(i / 10)],
] as const) {
  test(`frames hold all power and cross power of ${what}`, async () => {
    const size = 512;
    const random = noise(length);
    const centred = (samples: Float32Array) => {
      // Neither the mean nor half the sample rate is in the sums.
      const mean = samples.reduce((sum, value) => sum + value, 0) / length;
      const alternating = samples.reduce((sum, value, i) => sum + (i % 2 === 0 ? value : -value), 0) / length;
      return what === 'a click'
        ? samples
        : samples.map((value, i) => value - mean - (i % 2 === 0 ? alternating : -alternating));
    };
    const left = centred(Float32Array.from({ length }, (_, i) => sample(random, i)));
    const right = centred(Float32Array.from({ length }, (_, i) => 0.5 * (left[i] ?? 0) + 0.3 * sample(random, i)));

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
      // Of a click, one part in 256 is at 0 Hz and at half the sample rate; frames of noise have about as much there.
      assert.ok(Math.abs(sum / expected - 1) < 0.012, `${name}: ${sum} is not ${expected}`);
    }
  });
}
