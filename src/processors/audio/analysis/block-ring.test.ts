import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ringBuffer, ringWriter } from './block-ring.ts';

/** Answers with the sum of all samples by channel and the number of frames. */
const reader = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.module).then(({ drainRing }) => {
    const sums = [0, 0];
    let frames = 0;
    drainRing(workerData.ring, 2, (block) => {
      frames += block.frames;
      block.channels.forEach((samples, channel) => samples.forEach((value) => { sums[channel] += value; }));
      if (block.frames % 97 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    });
    parentPort.postMessage({ sums, frames });
  });
`;

test('every block arrives once and in one piece, whether writer or reader is the slower one', async () => {
  const ring = ringBuffer(2);
  const module = new URL('./block-ring.ts', import.meta.url).href;
  const worker = new Worker(reader, { eval: true, workerData: { ring, module } });
  const answer = new Promise<{ sums: number[]; frames: number }>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
  const writer = ringWriter(ring, 2);
  const block = [new Float32Array(16_384), new Float32Array(16_384)] as const;
  let total = 0;
  for (let i = 1; i <= 300; i++) {
    const frames = 1 + ((i * 7_919) % 16_384);
    block[0].fill(1);
    block[1].fill(i);
    await writer.write({ channels: block, frames });
    // The writer may use its arrays again at once.
    block[0].fill(Number.NaN);
    total += frames;
  }
  writer.end();
  const { sums, frames } = await answer;
  assert.equal(frames, total);
  assert.equal(sums[0], total);
  const expected = Array.from({ length: 300 }, (_, i) => (i + 1) * (1 + (((i + 1) * 7_919) % 16_384)));
  assert.equal(
    sums[1],
    expected.reduce((a, b) => a + b, 0),
  );
});
