import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { synthesise } from '../../support/audio/synthesise.ts';
import { wavBytes } from '../../support/audio/wav-bytes.ts';
import type { Client } from './client.ts';

export type OrdinaryWork = 'picture' | 'sound';

/**
 * What people do all day: a file that was never seen before goes up, and a job is made of it.
 *
 * @returns how many milliseconds the job took
 */
export async function doOrdinaryWork(
  { sendFile, sendJson }: Pick<Client, 'sendFile' | 'sendJson'>,
  work: OrdinaryWork,
) {
  const isPicture = work === 'picture';
  const file = isPicture ? await newPicture() : newSound();
  const upload = await sendFile('/v1/assets', file, isPicture ? 'photo.png' : 'song.wav');
  assert.equal(upload.status, 201, String(upload.bytes));
  const inputs = [upload.json().id];
  const job = isPicture
    ? { processor: 'image.cutout', inputs, params: { quality: 'fast' } }
    : { processor: 'audio.analysis', inputs };
  const answer = await sendJson('/v1/jobs', job, { prefer: 'wait=60' });
  const { status, cached, attempts } = answer.json();
  assert.deepEqual([status, cached, attempts], ['succeeded', false, 1], String(answer.bytes));
  return answer.milliseconds;
}

export function newPicture(widthPx = 48, heightPx = 32): Promise<Buffer> {
  const pixels = randomBytes(widthPx * heightPx * 3);
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .png()
    .toBuffer();
}

function newSound(): Buffer {
  const seed = randomBytes(4).readUInt32LE();
  return wavBytes(synthesise(8_000, 0.5, [[{ noiseSeed: seed, amplitude: 0.2 }]]), 8_000, 's16');
}
