import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { after, before, test } from 'node:test';
import { type OpenStudio, openStudio } from '../support/studio/open-studio.ts';
import { bringPhotos, changeBackground, compare, correctMask, downloadAll } from '../support/studio/photo-steps.ts';
import { cardOf, finished, resultOf, sliderOf } from '../support/studio/results.ts';
import { makeThumbnails } from '../support/studio/thumbnail-steps.ts';
import type { Size, Visit } from '../support/studio/visit.ts';
import { type Language, wordsOf } from '../support/studio/words.ts';

// The studio as people use it: the server of `npm start`, its model, and a browser.

/** The first result waits for the model, on a machine that has other things to do. */
const firstResultMs = 180_000;

let studio: OpenStudio;
before(async () => {
  studio = await openStudio();
});
after(() => studio[Symbol.asyncDispose]());

/** Opens the start page, does something, and holds that nothing went wrong on the way. */
async function visit(language: Language, size: Size, way: (visit: Visit) => Promise<void>): Promise<void> {
  await using visit = await studio.visit({ language, size });
  const { page, say } = visit;
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: say('Photos in, clean cut-outs out.') }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  await way(visit);
  assert.deepEqual(visit.problems(), []);
}

test('in Portuguese at a desk: a sample, and every page', () => visit('pt-BR', 'desktop', shortWay));
test('in Portuguese on a phone: from photos to pictures for shops', () => visit('pt-BR', 'phone', longWay));
test('in English on a phone: a sample, and every page', () => visit('en', 'phone', shortWay));
test('in English at a desk: from photos to pictures for shops', () => visit('en', 'desktop', longWay));

async function shortWay(visit: Visit): Promise<void> {
  const { page, say } = visit;
  const content = page.getByRole('main');
  await visit.look('start');
  await visit.goTo('Batches');
  await content.getByRole('link').first().waitFor();
  await visit.look('batches');
  await visit.goTo('Thumbnails');
  await page.getByRole('heading', { name: say('Which products?') }).waitFor();
  await visit.look('thumbnails-empty');
  await page.goto('/masks');
  await visit.button('Choose a photo').waitFor();
  await visit.look('mask-empty');
  await page.goto('/');
  await visit.pressButton('Coffee mug');
  await sliderOf(visit, 'mug.webp').waitFor({ timeout: firstResultMs });
  await visit.look('sample');
  await visit.goTo('Jobs');
  await content.getByRole('button', { name: 'mug.webp' }).first().waitFor();
  await visit.look('jobs');
}

async function longWay(visit: Visit): Promise<void> {
  const { page } = visit;
  const seed = visit.size === 'phone' ? 1 : 2;
  const paths = await Promise.all([
    studio.photo('tênis azul.jpg', 'product-on-white', seed),
    studio.photo('frasco.jpg', 'soft-edge', seed),
    studio.photo('cesta.jpg', 'holes', seed),
  ]);
  const names = paths.map((path) => basename(path));
  const [first = ''] = names;
  const masksBefore = await studio.masksMade();

  await bringPhotos(visit, paths, () => visit.look('dropping'));
  for (const name of names) await sliderOf(visit, name).waitFor({ timeout: firstResultMs });
  assert.equal((await studio.masksMade()) - masksBefore, 3);
  await visit.look('photos');
  await compare(visit, first);
  await changeBackground(visit, names);
  await correctMask(visit, first);
  await downloadAll(visit, names);
  await makeThumbnails(visit, first);
  assert.equal((await studio.masksMade()) - masksBefore, 3, 'backgrounds, brush and thumbnails asked no model again');
  await visit.goTo('Batches');
  await page.getByRole('main').getByRole('listitem').first().waitFor();
  await visit.look('batches');
  await seeJobs(visit, first);
  await changeLanguageAndColours(visit, names);
}

async function seeJobs(visit: Visit, name: string): Promise<void> {
  const { page, say } = visit;
  await visit.goTo('Jobs');
  const rows = page.getByRole('main').getByRole('listitem');
  await rows.nth(5).waitFor();
  await visit.press(rows.getByRole('button', { name }).first());
  const dialog = page.getByRole('dialog');
  await dialog.getByText(say('Done'), { exact: true }).waitFor();
  await visit.look('job');
  await visit.press(dialog.getByRole('button', { name: say('Close') }));
  await dialog.waitFor({ state: 'hidden' });
  await visit.pressButton('Failed');
  await page.getByText(say('There is none in this state.')).waitFor();
}

/** Both are kept, and so are the photos, when the page is loaded anew. */
async function changeLanguageAndColours(visit: Visit, names: readonly string[]): Promise<void> {
  const { page, say, language } = visit;
  await visit.goTo('Cut out');
  await visit.choose(visit.button('Colours'), 'Dark');
  const [other, itsName] = language === 'en' ? (['pt-BR', 'Português'] as const) : (['en', 'English'] as const);
  await visit.press(visit.button('Language'));
  await visit.press(page.getByRole('menuitem', { name: itsName }));
  const title = page.getByRole('heading', { level: 1, name: wordsOf(other)('Cut out'), exact: true });
  const changed = page.locator(`html[lang="${other}"][data-mantine-color-scheme="dark"]`);
  assert.notEqual(wordsOf(other)('Cut out'), say('Cut out'));
  await title.waitFor();
  await changed.waitFor({ state: 'attached' });
  await page.reload();
  await title.waitFor();
  await changed.waitFor({ state: 'attached' });
  for (const name of names) await cardOf(visit, name).getByRole('slider').waitFor();
}

test('with keys alone: a sample becomes a picture on white, and is corrected', () =>
  visit('en', 'desktop', async (visit) => {
    const { page, say } = visit;
    const { keyboard } = page;
    await visit.tabTo(page.getByRole('link', { name: say('Skip to the content') }));
    await keyboard.press('Enter');
    await visit.tabTo(visit.button('Coffee mug'));
    await keyboard.press('Enter');
    const slider = sliderOf(visit, 'mug.webp');
    await slider.waitFor({ timeout: firstResultMs });
    await visit.tabTo(slider);
    await keyboard.press('End');
    assert.equal(await slider.getAttribute('aria-valuenow'), '100');
    await visit.tabTo(visit.button('White'), 'Shift+Tab');
    await keyboard.press('Space');
    await cardOf(visit, 'mug.webp').locator('[role=slider]:not([data-transparent])').waitFor();
    await finished(visit, 'mug.webp');
    await keyboard.press('?');
    await page.getByRole('dialog', { name: say('Keyboard shortcuts') }).waitFor();
    await visit.look('shortcuts');
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('d')]);
    assert.equal(download.suggestedFilename(), 'mug.jpg');

    await visit.tabTo(visit.button('More for {name}', { name: 'mug.webp' }));
    await keyboard.press('Enter');
    const correct = page.getByRole('menuitem', { name: say('Correct the cut-out') });
    await correct.waitFor();
    await visit.look('menu');
    await correct.focus();
    await keyboard.press('Enter');
    const stage = page.getByRole('application', { name: say('Photo with its mask') });
    await stage.waitFor();
    await visit.tabTo(stage);
    await keyboard.down('Space');
    await keyboard.press('ArrowRight');
    await keyboard.up('Space');
    assert.ok(await visit.button('Undo').isEnabled());
    await keyboard.press('Control+z');
    assert.ok(await visit.button('Undo').isDisabled());
    await keyboard.press('Control+Shift+z');
    await keyboard.press('Control+s');
    await page.getByRole('heading', { name: say('Your cut-out is corrected') }).waitFor();
  }));

test('what goes wrong with one photo is said at it, and leaves the others alone', () =>
  visit('pt-BR', 'desktop', async (visit) => {
    const { page, say } = visit;
    // An upload is refused, one does not arrive, and one is given up.
    visit.expected.push(/^\/v1\/assets$/);
    const [good, late, slow, text, noise] = await Promise.all([
      studio.photo('boa.jpg', 'white-on-grey', 3),
      studio.photo('depois.jpg', 'white-on-grey', 4),
      studio.photo('lenta.jpg', 'white-on-grey', 5),
      studio.photo('texto.jpg', 'empty', 3),
      studio.photo('ruído.jpg', 'empty', 4),
    ]);
    await writeFile(text, 'Uma foto não é.');
    const bytes = await readFile(noise);
    await writeFile(noise, bytes.subarray(0, Math.floor(bytes.length / 2)));
    await bringPhotos(visit, [good, text, noise]);
    await finished(visit, 'boa.jpg', firstResultMs);
    const before = await resultOf(visit, 'boa.jpg');
    const says = (name: string, message: string) => cardOf(visit, name).getByText(say(message)).waitFor();
    await says('texto.jpg', 'This is not a picture that Esteira reads. Use JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF.');
    await says(
      'ruído.jpg',
      'This file is damaged, or is not what its name says. Open it, save it again, and send the new file.',
    );
    await visit.look('broken');

    await visit.setOffline(true);
    await bringPhotos(visit, [late]);
    await says('depois.jpg', 'The server does not answer. Check that Esteira is running, then try again.');
    await visit.look('offline');
    await visit.setOffline(false);
    await visit.press(cardOf(visit, 'depois.jpg').getByRole('button', { name: say('Try again') }));
    await finished(visit, 'depois.jpg', firstResultMs);
    assert.ok(before.equals(await resultOf(visit, 'boa.jpg')));
    await visit.press(cardOf(visit, 'texto.jpg').getByRole('button', { name: say('Remove'), exact: true }));
    await cardOf(visit, 'texto.jpg').waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('article').count(), 3);

    await visit.limitUploads(300);
    await bringPhotos(visit, [slow]);
    await cardOf(visit, 'lenta.jpg')
      .getByRole('progressbar', { name: say('Sending') })
      .waitFor();
    await visit.look('sending');
    await Promise.all([
      page.waitForEvent('requestfailed', (request) => request.method() === 'POST'),
      visit.choose(visit.button('More for {name}', { name: 'lenta.jpg' }), 'Remove'),
    ]);
    await cardOf(visit, 'lenta.jpg').waitFor({ state: 'detached' });
    await visit.limitUploads(-1);
    const kept = (await (await fetch(`${studio.address}/v1/assets`)).json()) as { items: { name: string }[] };
    assert.ok(kept.items.some(({ name }) => name === 'depois.jpg'));
    assert.ok(kept.items.every(({ name }) => name !== 'lenta.jpg'));

    await visit.goTo('Jobs');
    await visit.pressButton('Failed');
    await visit.press(page.getByRole('main').getByRole('button', { name: 'ruído.jpg' }));
    await page.getByRole('dialog').getByText('MEDIA_INVALID').waitFor();
    await visit.look('job-failed');
  }));
