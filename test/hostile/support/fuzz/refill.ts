import assert from 'node:assert/strict';
import { newId } from '#kernel/ids.ts';
import type { Client } from '../client.ts';
import { newPicture } from '../ordinary-work.ts';

/** One of each kind of thing that has an id. @returns them by the part of the address that leads to it */
export async function refill({
  sendFile,
  sendJson,
}: Pick<Client, 'sendFile' | 'sendJson'>): Promise<Record<string, string>> {
  const upload = await sendFile('/v1/assets', await newPicture(), 'photo.png');
  assert.equal(upload.status, 201, String(upload.bytes));
  const asset = upload.json().id as string;
  const work = { processor: 'image.resize', inputs: [asset], params: { widthPx: 16 } };
  const wanted: Record<string, object> = {
    jobs: work,
    batches: work,
    pipelines: { inputs: [asset], steps: [{ id: 'small', processor: 'image.resize', params: { widthPx: 16 } }] },

    webhooks: { url: 'http://127.0.0.1:9/', events: ['job.failed'] },
    schedules: { name: 'yearly', cron: '0 0 1 1 *', timeZone: 'UTC', batch: { ...work, inputs: [asset] } },
    templates: look(newId()),
  };
  const ids: Record<string, string> = { assets: asset };
  for (const [kind, body] of Object.entries(wanted)) {
    const answer = await sendJson(`/v1/${kind}`, body, { prefer: 'wait=20' });
    // What has its limit reached is there already.
    assert.ok(answer.status < 300 || answer.status === 409, `${kind}: ${answer.status} ${answer.bytes}`);
    if (answer.status < 300) ids[kind] = answer.json().id;
  }
  const share = await sendJson('/v1/shares', { jobId: ids['jobs'], outputIndex: 0 });
  assert.ok(share.status < 300, String(share.bytes));
  return { ...ids, shares: share.json().id };
}

function look(name: string) {
  const params = { canvas: { widthPx: 100, heightPx: 100 }, texts: [{ kind: 'price', text: '{{price}}' }] };
  const fields = { price: { title: 'Price', default: 'R$ 1' } };
  return { schema: 'esteira-template/1', name, processor: 'image.thumbnail', params, fields };
}
