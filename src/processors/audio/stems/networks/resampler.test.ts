import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resampler } from './resampler.ts';

const tone = (hz: number, rateHz: number, frames: number): Float32Array =>
  Float32Array.from({ length: frames }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rateHz + 0.3));

function resample(samples: Float32Array, fromHz: number, toHz: number, blockFrames: number): Float32Array {
  const resampler = new Resampler(fromHz, toHz, 1);
  const parts: Float32Array[] = [];
  for (let from = 0; from < samples.length; from += blockFrames) {
    const block = samples.subarray(from, from + blockFrames);
    parts.push(...resampler.add([block], block.length));
  }
  parts.push(...resampler.end());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

for (const [fromHz, toHz] of [
  [48_000, 44_100],
  [44_100, 48_000],
  [96_000, 44_100],
  [22_050, 44_100],
  [44_100, 44_099],
  [44_100, 44_100],
] as const) {
  test(`from ${fromHz} to ${toHz} Hz tones keep their pitch, level and place, and what does not fit is gone`, () => {
    const frames = 12_345;
    const hz = 0.45 * Math.min(fromHz, toHz);
    const made = resample(tone(hz, fromHz, frames), fromHz, toHz, 1_000);
    assert.equal(made.length, Math.ceil((frames * toHz) / fromHz));
    const wanted = tone(hz, toHz, made.length);
    // The ends know of no samples beyond them.
    for (let i = 300; i < made.length - 300; i++) {
      assert.ok(Math.abs((made[i] ?? 0) - (wanted[i] ?? 0)) < 1e-4, `${i}: ${made[i]} for ${wanted[i]}`);
    }
    if (toHz > 0.9 * fromHz) return;
    const gone = resample(tone(0.55 * toHz, fromHz, frames), fromHz, toHz, 4_096);
    for (let i = 300; i < gone.length - 300; i++) assert.ok(Math.abs(gone[i] ?? 0) < 1e-4);
  });
}

test('blocks of any length give the same samples', () => {
  const samples = tone(1_000, 48_000, 5_000);
  const whole = resample(samples, 48_000, 44_100, 5_000);
  for (const blockFrames of [1, 7, 999]) assert.deepEqual(resample(samples, 48_000, 44_100, blockFrames), whole);
});
