import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import type { Visit } from './visit.ts';

/** The card of one photo on the start page. */
export function cardOf({ page }: Visit, name: string): Locator {
  return page.getByRole('article', { name, exact: true });
}

/** Its line between before and after; it is there when the result is. */
export function sliderOf(visit: Visit, name: string): Locator {
  return cardOf(visit, name).getByRole('slider', { name: visit.say('Before and after: {name}', { name }) });
}

/** Waits until the wanted look of a photo is shown, and not the one before. */
export async function finished(visit: Visit, name: string, timeoutMs?: number): Promise<void> {
  const download = visit.say('Download {name}', { name });
  const ready = cardOf(visit, name).getByRole('button', { name: download, exact: true });
  await ready.waitFor(timeoutMs === undefined ? {} : { timeout: timeoutMs });
}

/** The picture that is shown as the result. */
export async function resultOf(visit: Visit, name: string): Promise<Buffer> {
  const url = await cardOf(visit, name).locator('img').first().getAttribute('src');
  const response = await visit.page.request.get(url ?? '');
  return response.body();
}

/** The colour of the upper left corner: red, green, blue, alpha. */
export async function cornerOf(picture: Buffer): Promise<readonly number[]> {
  const corner = { left: 0, top: 0, width: 1, height: 1 };
  return [...(await sharp(picture).extract(corner).ensureAlpha().raw().toBuffer())];
}

/** How opaque the pixels of the middle row are, from left to right, in 255ths. */
export async function middleRowOf(picture: Buffer): Promise<readonly number[]> {
  const { width, height } = await sharp(picture).metadata();
  const row = { left: 0, top: Math.floor(height / 2), width, height: 1 };
  return [...(await sharp(picture).extract(row).ensureAlpha().extractChannel(3).raw().toBuffer())];
}
