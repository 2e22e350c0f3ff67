import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWithFfmpeg, encodeWithFfmpeg } from './ffmpeg.ts';
import { synthesise } from './synthesise.ts';

test('what is written with ffmpeg comes back from ffmpeg, bit for bit where the codec loses nothing', async () => {
  const planar = synthesise(44_100, 0.5, [[{ toneHz: 997, amplitude: 0.5 }], [{ noiseSeed: 1, amplitude: 0.3 }]]);
  const path = await encodeWithFfmpeg(planar, 44_100, ['-c:a', 'pcm_f32le'], 'wav');
  const decoded = await decodeWithFfmpeg(path);
  assert.equal(decoded.sampleRateHz, 44_100);
  assert.deepEqual(decoded.channels, planar);
});
