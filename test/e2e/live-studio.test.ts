import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { type OpenStudio, openStudio } from '../support/studio/open-studio.ts';

// The studio hears of changes from the server, and looks for itself where it cannot.

let studio: OpenStudio;
before(async () => {
  studio = await openStudio();
});
after(() => studio[Symbol.asyncDispose]());

/** Longer than the longest pause between two looks of a page that hears nothing. */
const silenceMs = 6_000;

test('the list of jobs follows without asking again and again', { timeout: 120_000 }, async () => {
  await using visit = await studio.visit({ language: 'en', size: 'desktop' });
  const { page } = visit;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const lists = () => asked.filter((path) => path === '/v1/jobs').length;
  const streaming = page.waitForResponse((response) => response.url().includes('/v1/events'));
  await page.goto('/jobs');
  assert.equal((await streaming).headers()['content-type'], 'text/event-stream');
  await delay(1_000);

  const before = lists();
  await delay(silenceMs);
  assert.equal(lists(), before);
  const jobs = page.getByRole('main').getByRole('listitem');
  assert.equal(await jobs.count(), 0);
  await resize('#aa3333');
  await jobs.filter({ hasText: 'Done' }).waitFor();
  // Created and ended: at most a look for each, and one on the way.
  assert.ok(lists() - before <= 3, `${lists() - before} requests`);
});

test('where streams do not get through, it looks again and again', { timeout: 120_000 }, async () => {
  await using visit = await studio.visit({ language: 'en', size: 'desktop' });
  const { page } = visit;
  await page.route('**/v1/events**', (route) => route.fulfill({ status: 502, body: 'no streams here' }));
  await page.goto('/jobs');
  const jobs = page.getByRole('main').getByRole('listitem');
  await jobs.first().waitFor();
  await resize('#33aa33');
  await jobs.nth(1).waitFor();
  await jobs.filter({ hasText: 'Done' }).nth(1).waitFor();
});

/** Work that needs no model, on a picture of one colour. */
async function resize(background: string): Promise<void> {
  const picture = sharp({ create: { width: 64, height: 48, channels: 3, background } });
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(await picture.png().toBuffer())]), 'plain.png');
  const upload = await fetch(`${studio.address}/v1/assets`, { method: 'POST', body: form });
  const { id } = (await upload.json()) as { id: string };
  const response = await fetch(`${studio.address}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ processor: 'image.resize', inputs: [id], params: { widthPx: 32 } }),
  });
  assert.equal(response.status, 202, await response.text());
}
