import assert from 'node:assert/strict';
import sharp from 'sharp';
import { until } from '../until.ts';
import { filesOfZip } from './open-studio.ts';
import type { Visit } from './visit.ts';

const patienceMs = 60_000;
const channel = 'Mercado Livre';

/** From a photo on the start page to pictures for channels, each held to the channel's rules. */
export async function makeThumbnails(visit: Visit, name: string): Promise<void> {
  const { page, say } = visit;
  const meets = (of: string) => page.getByText(say('Meets the rules of {channel}', { channel: of })).waitFor();
  const tab = (title: string) =>
    visit.press(page.getByRole('group', { name: say('Channel') }).getByRole('button', { name: title }));
  await visit.choose(visit.button('More for {name}', { name }), 'Make thumbnails');
  await drawn(visit, name, [1_200, 1_200]);
  await meets(channel);
  await visit.look('thumbnail');

  await tab('Instagram, story');
  await drawn(visit, name, [1_080, 1_920]);
  await meets('Instagram');
  await tab(channel);
  await drawn(visit, name, [1_200, 1_200]);
  await meets(channel);

  // A price on the picture is what this channel forbids.
  await visit.press(page.getByRole('tab', { name: say('Texts') }));
  await visit.choose(visit.button('Add a text'), 'Price');
  await page.getByText(say('Meets the rules of {channel}', { channel })).waitFor({ state: 'hidden' });
  await visit.press(page.locator('summary'));
  const forbidden = { 'pt-BR': /proibidos aqui/, en: /forbidden here/ }[visit.language];
  assert.equal(
    await page.getByRole('listitem').filter({ hasText: forbidden }).count(),
    2,
    'as failed, and in the list',
  );
  await drawn(visit, name, [1_200, 1_200]);
  await visit.look('thumbnail-failing');
  await visit.pressButton('Undo');
  await meets(channel);
  await makeBatch(visit);
}

/** The chosen channel and one more, as a batch; and its ZIP. */
async function makeBatch(visit: Visit): Promise<void> {
  const { page, say } = visit;
  await visit.pressButton('Make thumbnails');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: 'Shopee' }).check();
  await visit.look('thumbnail-make');
  await visit.press(dialog.getByRole('button').last());
  await page.waitForURL(/\/batches\/.+/);
  await page
    .getByRole('article')
    .nth(1)
    .getByRole('img')
    .or(page.locator('article:nth-of-type(1) img'))
    .first()
    .waitFor();
  await until(async () => assert.equal(await page.getByRole('article').locator('img').count(), 2), patienceMs);
  await visit.look('batch');
  const link = page.getByRole('link', { name: say('Download ZIP') });
  const [download] = await Promise.all([page.waitForEvent('download'), visit.press(link)]);
  const files = await filesOfZip(await download.path());
  const sizes = await Promise.all(
    [...files.values()].map(async (bytes) => (await sharp(bytes).stats()) && sharp(bytes).metadata()),
  );
  assert.deepEqual(sizes.map(({ format, width, height }) => `${format} ${width} ${height}`).sort(), [
    'jpeg 1024 1024',
    'jpeg 1200 1200',
  ]);
}

/** Waits until the picture that is shown is the one that is wanted. */
async function drawn(
  { page, say }: Visit,
  name: string,
  [widthPx, heightPx]: readonly [number, number],
): Promise<void> {
  const preview = page.getByRole('main').getByRole('img', { name: new RegExp(`^${name} `) });
  await preview.waitFor();
  await until(async () => {
    const shown = await preview.evaluate((image: { naturalWidth: number; naturalHeight: number }) => [
      image.naturalWidth,
      image.naturalHeight,
    ]);
    assert.deepEqual(shown, [widthPx, heightPx]);
  }, patienceMs);
  await page.getByText(say('Drawing'), { exact: true }).waitFor({ state: 'hidden' });
}
