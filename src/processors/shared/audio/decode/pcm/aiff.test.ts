import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { audioFile, decodeWithFfmpeg, encodeWithFfmpeg } from '../../../../../../test/support/audio/ffmpeg.ts';
import { readAudio } from '../../../../../../test/support/audio/read-audio.ts';
import { synthesise } from '../../../../../../test/support/audio/synthesise.ts';

const stereo = synthesise(44_100, 0.61, [[{ noiseSeed: 1, amplitude: 1 }], [{ toneHz: 997, amplitude: 0.999 }]]);

for (const codec of ['s8', 's16be', 's24be', 's32be', 's16le', 'f32be', 'f64be', 'alaw', 'mulaw']) {
  test(`samples stored as ${codec} are those that ffmpeg finds, exactly`, async () => {
    const path = await encodeWithFfmpeg(stereo, 44_100, ['-c:a', `pcm_${codec}`], 'aiff');
    const { format, channels } = await readAudio(path, 'audio/aiff');
    assert.equal(format.container, 'aiff');
    assert.deepEqual(channels, (await decodeWithFfmpeg(path)).channels);
  });
}

for (const rate of [8_000, 11_025, 96_000, 192_000]) {
  test(`its 80-bit float says ${rate} samples a second`, async () => {
    const path = await encodeWithFfmpeg(stereo, rate, ['-c:a', 'pcm_s16be'], 'aiff');
    assert.equal((await readAudio(path, 'audio/aiff')).format.sampleRateHz, rate);
  });
}

test('a file that was cut is refused', async () => {
  const whole = await readFile(await encodeWithFfmpeg(stereo, 44_100, ['-c:a', 'pcm_s16be'], 'aiff'));
  const path = audioFile('aiff');
  for (const length of [13, 40, 60, whole.length - 2]) {
    await writeFile(path, whole.subarray(0, length));
    await assert.rejects(readAudio(path, 'audio/aiff'), { code: 'MEDIA_INVALID' });
  }
});
