import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import { until } from '../until.ts';
import { filesOfZip } from './open-studio.ts';
import { cardOf, cornerOf, finished, middleRowOf, resultOf, sliderOf } from './results.ts';
import type { Visit } from './visit.ts';

const patienceMs = 60_000;

/** By the button on a phone; dropped from outside at a desk. @param whileOver while they are held over the page */
export async function bringPhotos(
  visit: Visit,
  paths: readonly string[],
  whileOver = async (): Promise<void> => {},
): Promise<void> {
  const { page, say } = visit;
  if (visit.size === 'phone') {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), visit.pressButton('Choose photos')]);
    assert.ok(chooser.isMultiple());
    await chooser.setFiles([...paths]);
  } else {
    await visit.drop(paths, async () => {
      await page.getByText(say('Drop them anywhere')).waitFor();
      await whileOver();
    });
  }
}

/** The line between before and after, by hand and by keys. */
export async function compare(visit: Visit, name: string): Promise<void> {
  const slider = sliderOf(visit, name);
  const percent = async () => Number(await slider.getAttribute('aria-valuenow'));
  const becomes = (least: number, most = least) =>
    until(async () => {
      const now = await percent();
      assert.ok(now >= least && now <= most, `${now} % instead of ${least}`);
    }, patienceMs);
  await becomes(50);
  await visit.drag(slider, [0.5, 0.5], [0.2, 0.5]);
  await becomes(19, 21);
  const start = await percent();
  await slider.press('ArrowRight');
  await becomes(start + 2);
  await slider.press('PageUp');
  await becomes(start + 12);
  await slider.press('Home');
  await becomes(0);
}

/** White, a gradient, a colour of one's own; and back to none. */
export async function changeBackground(visit: Visit, names: readonly string[]): Promise<void> {
  const { page, say } = visit;
  const [first = ''] = names;
  const opaque = (name: string) => cardOf(visit, name).locator('[role=slider]:not([data-transparent])');
  const transparent = (name: string) => cardOf(visit, name).locator('[role=slider][data-transparent]');
  const composed = (name: string) => page.getByAltText(say('{name}, on its background', { name }));
  const cornerBecomes = async (shown: (name: string) => Locator, colour: readonly number[]) => {
    for (const name of names) {
      await shown(name).waitFor();
      await finished(visit, name);
    }
    const corner = await cornerOf(await resultOf(visit, first));
    // JPEG keeps a colour about so well.
    assert.ok(
      colour.every((value, at) => Math.abs(value - (corner[at] ?? Number.NaN)) <= 3),
      `${corner}`,
    );
  };

  await visit.pressButton('White');
  await cornerBecomes(opaque, [255, 255, 255, 255]);
  await visit.pressButton('Peach gradient');
  await cornerBecomes(composed, [0xfd, 0xf3, 0xe7, 255]);
  await visit.look('gradient');
  await visit.pressButton('Another colour');
  await page.getByLabel(say('Colour code')).fill('#ff8800');
  await cornerBecomes(opaque, [0xff, 0x88, 0, 255]);
  await visit.look('own-colour');
  await page.keyboard.press('Escape');
  await visit.pressButton('Transparent');
  for (const name of names) await transparent(name).waitFor();
  assert.equal((await cornerOf(await resultOf(visit, first)))[3], 0);
}

/** A stroke through the middle: gone, back, gone again, saved; and the photo's result has lost it. */
export async function correctMask(visit: Visit, name: string): Promise<void> {
  const { page, say } = visit;
  const before = await resultOf(visit, name);
  await visit.choose(visit.button('More for {name}', { name }), 'Correct the cut-out');
  const stage = page.getByRole('application', { name: say('Photo with its mask') });
  await stage.waitFor();
  const picture = () => stage.locator('canvas').evaluate((canvas: { toDataURL(): string }) => canvas.toDataURL());
  const pictureIs = (wanted: string) => until(async () => assert.ok((await picture()) === wanted), patienceMs);
  // The brush shows under a mouse. A phone has none: moved between a touch and its click, it would swallow the click.
  const leaveIt = async () => {
    if (visit.size === 'desktop') await page.mouse.move(1, 1);
  };
  await leaveIt();
  await visit.look('mask');
  const untouched = await picture();

  await visit.drag(stage, [0.1, 0.5], [0.9, 0.5]);
  await leaveIt();
  await until(async () => assert.ok((await picture()) !== untouched), patienceMs);
  await visit.look('mask-erased');
  const erased = await picture();
  assert.ok(erased !== untouched);
  await visit.pressButton('Undo');
  await leaveIt();
  await pictureIs(untouched);
  await visit.pressButton('Do again');
  await leaveIt();
  await pictureIs(erased);
  const question = new Promise<string>((resolve) => {
    page.once('dialog', (dialog) => {
      resolve(dialog.message());
      void dialog.dismiss();
    });
  });
  await visit.press(page.getByRole('link', { name: say('Esteira, to the start') }));
  assert.equal(await question, say('Leave without saving what you painted?'));
  await visit.pressButton('Save');
  await page.getByRole('heading', { name: say('Your cut-out is corrected') }).waitFor();
  await visit.look('mask-saved');

  await visit.goTo('Cut out');
  await finished(visit, name);
  const [was, is] = [await middleRowOf(before), await middleRowOf(await resultOf(visit, name))];
  assert.equal(is.length, was.length);
  const inTheMiddle = is.filter((_, at) => (was[at] ?? 0) > 250 && Math.abs(at / is.length - 0.5) < 0.25);
  assert.ok(inTheMiddle.length > is.length / 10, `${inTheMiddle.length} pixels of the product were in the middle row`);
  assert.ok(Math.max(...inTheMiddle) < 5, 'what was erased is gone');
}

/** The ZIP of all cut-outs holds one picture for each photo, under its name. */
export async function downloadAll(visit: Visit, names: readonly string[]): Promise<void> {
  const [download] = await Promise.all([visit.page.waitForEvent('download'), visit.pressButton('Download ZIP')]);
  assert.match(download.suggestedFilename(), /\.zip$/);
  const files = await filesOfZip(await download.path());
  assert.deepEqual([...files.keys()].sort(), names.map((name) => name.replace(/\.jpg$/, '.png')).sort());
  for (const bytes of files.values()) {
    const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [480, 360, 4]);
  }
}
