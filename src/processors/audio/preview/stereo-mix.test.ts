import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelRole } from '#processors/shared/audio/audio-stream.ts';
import { createStereoMix } from './stereo-mix.ts';

const surround: readonly ChannelRole[] = ['left', 'right', 'centre', 'lfe', 'left-surround', 'right-surround'];

/** What becomes of one frame. */
function mixOf(layout: readonly ChannelRole[], values: readonly number[]): number[] {
  const channels = values.map((value) => Float32Array.of(value, 0));
  return createStereoMix(layout)({ channels, frames: 2 }).channels.map((samples) => samples[0] ?? Number.NaN);
}

test('one channel and two stay as they are', () => {
  assert.deepEqual(mixOf(['mono'], [0.5]), [0.5]);
  assert.deepEqual(mixOf(['right', 'left'], [0.5, -0.25]), [0.5, -0.25]);
});

test('surround becomes stereo by ITU-R BS.775, below full scale', () => {
  const scale = 1 / (1 + Math.SQRT1_2 + Math.SQRT1_2);
  for (const [channel, left, right] of [
    [0, 1, 0],
    [1, 0, 1],
    [2, Math.SQRT1_2, Math.SQRT1_2],
    [3, 0, 0],
    [4, Math.SQRT1_2, 0],
    [5, 0, Math.SQRT1_2],
  ] as const) {
    const [l = 9, r = 9] = mixOf(
      surround,
      surround.map((_, index) => (index === channel ? 1 : 0)),
    );
    assert.ok(Math.abs(l - left * scale) < 1e-6 && Math.abs(r - right * scale) < 1e-6, `${channel}: ${l}, ${r}`);
  }
  for (const value of mixOf(
    surround,
    surround.map(() => 1),
  ))
    assert.ok(Math.abs(value - 1) < 1e-6);
});

test('a mix leaves nothing of the block before', () => {
  const mix = createStereoMix(['left', 'right', 'centre']);
  const block = (value: number, frames: number) => ({
    channels: [0, 1, 2].map(() => new Float32Array(frames).fill(value)),
    frames,
  });
  mix(block(0.5, 100));
  const { channels, frames } = mix(block(0, 50));
  assert.equal(frames, 50);
  assert.ok(
    channels.length === 2 && channels.every((samples) => samples.length === 50 && samples.every((v) => v === 0)),
  );
});
