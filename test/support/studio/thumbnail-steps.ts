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

  for (const subject of ['Product', 'Shadow', 'Logo', 'File', 'Texts']) {
    await visit.press(page.getByRole('tab', { name: say(subject) }));
    await visit.look(`thumbnail-${subject.toLowerCase()}`);
  }

  // A price on the picture is what this channel forbids.
  await visit.choose(visit.button('Add a text'), 'Price');
  await failsByText(visit);
  await visit.press(page.locator('summary'));
  await drawn(visit, name, [1_200, 1_200]);
  await visit.look('thumbnail-failing');
  await saveAndOpenTemplate(visit, `Oferta ${visit.language}`, () => meets(channel));
  await makeBatch(visit);
}

async function failsByText({ page, say, language }: Visit): Promise<void> {
  await page.getByText(say('Meets the rules of {channel}', { channel })).waitFor({ state: 'hidden' });
  const forbidden = { 'pt-BR': 'são proibidos aqui', en: 'are forbidden here' }[language];
  await page.getByRole('listitem').filter({ hasText: forbidden }).first().waitFor();
}

/** With its price, it is there again after the price was taken off; and a new design has none. */
async function saveAndOpenTemplate(visit: Visit, title: string, meetsAgain: () => Promise<void>): Promise<void> {
  const { page, say } = visit;
  const dialog = page.getByRole('dialog');
  await visit.choose(visit.button('Template'), 'Save as a new template');
  await dialog.getByLabel(say('Name')).fill(title);
  await visit.look('template-save');
  await visit.press(dialog.getByRole('button', { name: say('Save'), exact: true }));
  await dialog.waitFor({ state: 'hidden' });
  await visit.pressButton('Undo');
  await meetsAgain();
  const menu = page.getByRole('button', { name: new RegExp(`^${title}`) });
  await visit.choose(menu, 'Open a template');
  const saved = dialog.getByRole('button', { name: new RegExp(`^${title}`) });
  await saved.waitFor();
  await visit.look('template-open');
  await visit.press(saved);
  await failsByText(visit);
  await visit.choose(menu, 'Start anew');
  await meetsAgain();
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
  await page.getByRole('article').locator('img').nth(1).waitFor();
  await visit.look('batch');
  const link = page.getByRole('link', { name: say('Download ZIP') });
  const [download] = await Promise.all([page.waitForEvent('download'), visit.press(link)]);
  const files = await filesOfZip(await download.path());
  const made = await Promise.all(
    [...files.values()].map((bytes) => sharp(bytes).toBuffer({ resolveWithObject: true })),
  );
  assert.deepEqual(made.map(({ info }) => `${info.format} ${info.width} ${info.height}`).sort(), [
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
