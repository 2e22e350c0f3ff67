import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { test } from 'node:test';
import type { Route } from 'playwright-core';
import sharp from 'sharp';
import { openStudio } from '../support/studio/open-studio.ts';
import { bringPhotos } from '../support/studio/photo-steps.ts';

// A photo that is too large for one request, on a connection that breaks.

const uploadPaths = '**/v1/uploads/*';

test('a large photo goes in pieces, and goes on where it was when the page is loaded anew', async () => {
  await using studio = await openStudio();
  await using visit = await studio.visit({ language: 'pt-BR', size: 'phone' });
  const { page, say } = visit;
  const path = await studio.photo('grande.png', 'product-on-white', 3);
  const [width, height] = [2_600, 2_400];
  await sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toFile(path);
  const open = async () => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: say('Photos in, clean cut-outs out.') }).waitFor();
  };
  visit.expected.push(/\/v1\/uploads\//);

  await open();
  const pieces: string[] = [];
  const cut = Promise.withResolvers<void>();
  // The first piece arrives; then the line is dead.
  const line = async (route: Route) => {
    const { ...headers } = route.request().headers();
    if (route.request().method() !== 'PATCH') return await route.continue();
    pieces.push(headers['upload-offset'] ?? '');
    if (pieces.length === 1) return await route.continue();
    await route.abort();
    cut.resolve();
  };
  await page.route(uploadPaths, line);
  await bringPhotos(visit, [path]);
  await cut.promise;
  // The line stays dead as long as this page is there: it would go on by itself.
  await page.goto('about:blank');
  await page.unroute(uploadPaths, line);

  const offsets: number[] = [];
  const finished = Promise.withResolvers<string>();
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  page.on('response', async (response) => {
    const assetId = (await response.allHeaders())['upload-asset-id'];
    if (assetId !== undefined) finished.resolve(assetId);
  });
  await open();
  await bringPhotos(visit, [path]);
  const asset = await (await fetch(`${studio.address}/v1/assets/${await finished.promise}`)).json();
  assert.equal((asset as { name: string }).name, basename(path));
  assert.equal((asset as { widthPx: number }).widthPx, width);
  assert.ok((offsets[0] ?? 0) > 0, `began again: ${offsets}`);
});
