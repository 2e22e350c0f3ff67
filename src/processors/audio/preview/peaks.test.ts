import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPeakFinder, type PeaksFile } from './peaks.ts';

function peaksOf(channels: readonly Float32Array[], blockFrames: number): PeaksFile {
  const finder = createPeakFinder();
  const length = channels[0]?.length ?? 0;
  for (let from = 0; from < length; from += blockFrames) {
    const frames = Math.min(blockFrames, length - from);
    finder.add({ channels: channels.map((samples) => samples.subarray(from, from + frames)), frames });
  }
  return finder.result(1_000, channels.length);
}

test('each step is the lowest and the highest sample of all channels', () => {
  const sample = fc.float({ min: -2, max: 2, noNaN: true });
  const channel = fc.float32Array({ minLength: 1, maxLength: 3_000, min: -2, max: 2, noNaN: true });
  fc.assert(
    fc.property(channel, sample, fc.integer({ min: 1, max: 4_000 }), (first, factor, blockFrames) => {
      const channels = [first, first.map((value) => (value * factor) / 2)];
      const { levels, durationSeconds } = peaksOf(channels, blockFrames);
      assert.equal(durationSeconds, first.length / 1_000);
      assert.deepEqual(
        levels.map(({ samplesPerPeak }) => samplesPerPeak),
        [4_096, 1_024, 256],
      );
      for (const { samplesPerPeak, stepSeconds, low, high } of levels) {
        assert.equal(stepSeconds, samplesPerPeak / 1_000);
        assert.equal(low.length, Math.ceil(first.length / samplesPerPeak));
        for (const [step, lowest] of low.entries()) {
          const span = channels.flatMap((all) => [...all.subarray(step * samplesPerPeak, (step + 1) * samplesPerPeak)]);
          assert.ok(Math.abs(lowest - Math.min(...span)) <= 0.005001);
          assert.ok(Math.abs((high[step] ?? 9) - Math.max(...span)) <= 0.005001);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('three hours fit into less than a megabyte', () => {
  const rate = 44_100;
  const frames = 16_384;
  const length = 3 * 3_600 * rate;
  const block = Float32Array.from({ length: frames }, (_, i) => -0.99 + (1.98 * i) / frames);
  const finder = createPeakFinder();
  for (let done = 0; done < length; done += frames) {
    const part = Math.min(frames, length - done);
    finder.add({ channels: [block.subarray(0, part)], frames: part });
  }
  const file = finder.result(rate, 1);
  assert.ok(Math.abs(file.durationSeconds - 10_800) < 1e-9);
  for (const { low, stepSeconds } of file.levels) assert.equal(low.length, Math.ceil(10_800 / stepSeconds));
  assert.ok((file.levels[2]?.low.length ?? 0) > 16_000);
  assert.ok(JSON.stringify(file).length < 1e6);
});
