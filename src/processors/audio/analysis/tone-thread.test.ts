import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { synthesise } from '../../../../test/support/audio/synthesise.ts';
import { otherThread, sameThread, type ToneThread } from './tone-thread.ts';

const format: AudioFormat = { container: 'wav', codec: 'PCM', sampleRateHz: 8_000, layout: ['left', 'right'] };
const samples = synthesise(8_000, 5, [[{ toneHz: 440, amplitude: 0.5 }], [{ noiseSeed: 1, amplitude: 0.5 }]]);

async function measure(thread: ToneThread) {
  const work = await thread.start(format);
  for (let at = 0; at < 40_000; at += 1_000) {
    await work.add({ channels: samples.map((channel) => channel.subarray(at, at + 1_000)), frames: 1_000 });
  }
  return await work.result();
}

test('another thread finds what this one finds, recording after recording', async () => {
  const expected = await measure(sameThread);
  const thread = otherThread();
  for (let round = 0; round < 2; round++) assert.deepEqual(await measure(thread), structuredClone(expected));
});

test('what breaks down is told, and the next recording is measured', async () => {
  const thread = otherThread();
  const impossible = { ...format, sampleRateHz: Number.NaN };
  const work = await thread.start(impossible);
  await assert.rejects(work.result());
  const { spectrum } = await measure(thread);
  assert.ok(spectrum.thirdOctaveDb.length > 0);
});
