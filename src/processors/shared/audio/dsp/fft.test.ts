import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDsp } from './dsp.ts';

interface SpectrumKernel {
  power(spectrum: number, out: number, bins: number): void;
}

/** A signal with something in every bin. */
const signal = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i * i * 0.37) + 0.25);

for (const size of [32, 1024, 4096]) {
  test(`${size} numbers are transformed as the definition says, and back`, async () => {
    const dsp = await createDsp();
    const fft = dsp.fft(size);
    const [input, output] = [dsp.allocate(size), dsp.allocate(size)];
    const x = signal(size);
    dsp.floats(input, size).set(x);
    fft.forward(input, output);
    const X = dsp.floats(output, size).slice();
    for (const bin of [1, 3, size / 4, size / 2 - 1]) {
      let [re, im] = [0, 0];
      x.forEach((value, i) => {
        re += value * Math.cos((2 * Math.PI * bin * i) / size);
        im -= value * Math.sin((2 * Math.PI * bin * i) / size);
      });
      assert.ok(Math.abs((X[2 * bin] ?? 0) - re) < 1e-3 * Math.sqrt(size), `real part of bin ${bin}`);
      assert.ok(Math.abs((X[2 * bin + 1] ?? 0) - im) < 1e-3 * Math.sqrt(size), `imaginary part of bin ${bin}`);
    }
    const sum = x.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs((X[0] ?? 0) - sum) < 1e-3 * Math.sqrt(size));
    fft.inverse(output, output);
    dsp.floats(output, size).forEach((value, i) => {
      assert.ok(Math.abs(value / size - (x[i] ?? 0)) < 1e-5);
    });
  });
}

test('power obeys Parseval', async () => {
  const size = 1024;
  const dsp = await createDsp();
  const fft = dsp.fft(size);
  const kernel = await dsp.kernel<SpectrumKernel>(new URL('./spectrum.wasm', import.meta.url));
  const [frame, bins] = [dsp.allocate(size), dsp.allocate(size / 2)];
  const x = signal(size);
  dsp.floats(frame, size).set(x);
  fft.forward(frame, frame);
  const nyquist = dsp.floats(frame, size)[1] ?? 0;
  kernel.power(frame, bins, size / 2);
  const P = dsp.floats(bins, size / 2);
  const inFrequency = (2 * P.reduce((total, value) => total + value, 0) - (P[0] ?? 0) + nyquist ** 2) / size;
  const inTime = x.reduce((total, value) => total + value * value, 0);
  assert.ok(Math.abs(inFrequency / inTime - 1) < 1e-5);
});

test('other sizes are refused', async () => {
  const dsp = await createDsp();
  for (const size of [0, 16, 48, 1000, 2.5]) assert.throws(() => dsp.fft(size), RangeError);
});
