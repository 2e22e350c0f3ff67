import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type OpenStudio, openStudio } from '../support/studio/open-studio.ts';
import {
  bringRecordings,
  openLink,
  openRecording,
  playAndPause,
  positionOf,
  recording,
  rowOf,
  savePdf,
} from '../support/studio/sound-steps.ts';
import type { Size, Visit } from '../support/studio/visit.ts';
import type { Language } from '../support/studio/words.ts';
import { until } from '../support/until.ts';

// The audio studio as people use it: the server of `npm start`, real MP3 files, and a browser.

const patienceMs = 60_000;
const seconds = 24;

let studio: OpenStudio;
let crushed: string;
let open: string;
before(async () => {
  [studio, crushed, open] = await Promise.all([
    openStudio(),
    recording('mistura 7.mp3', seconds, 1, 4),
    recording('mistura 6.mp3', seconds, 2, 1),
  ]);
});
after(() => studio[Symbol.asyncDispose]());

async function visit(language: Language, size: Size, way: (visit: Visit) => Promise<void>): Promise<void> {
  await using visit = await studio.visit({ language, size });
  await visit.page.goto('/');
  await visit.goTo('Audio');
  await way(visit);
  assert.deepEqual(visit.problems(), []);
}

test('in Portuguese on a phone: from files to an answer', () => visit('pt-BR', 'phone', longWay));
test('in English at a desk: from files to an answer', () => visit('en', 'desktop', longWay));

async function longWay(visit: Visit): Promise<void> {
  const { page, say } = visit;
  await visit.button('Choose recordings').waitFor();
  await visit.look('empty');
  await bringRecordings(visit, [crushed, open]);
  const names = [basename(crushed), basename(open)];
  for (const name of names) await rowOf(visit, name).getByRole('link', { name }).waitFor({ timeout: patienceMs });
  await page.getByText('LUFS').nth(1).waitFor();
  await visit.look('answers');
  await page.reload();
  for (const name of names) await rowOf(visit, name).getByRole('link', { name }).waitFor({ timeout: patienceMs });

  await openRecording(visit, basename(crushed));
  await visit.look('analysis');
  await playAndPause(visit);
  await page.getByLabel(say('Ready for')).selectOption('club');
  await page.getByText(say('Ready for {0}?', { 0: say('Club') })).waitFor({ timeout: patienceMs });

  await page.getByLabel(say('Hold against')).selectOption({ label: basename(open) });
  await page.getByRole('table', { name: say('This recording and {name}', { name: basename(open) }) }).waitFor();
  // The switch comes with the reference.
  await page.getByRole('button', { name: basename(open), pressed: false }).waitFor();
  await page.keyboard.press('x');
  await page.getByRole('button', { name: basename(open), pressed: true }).waitFor();
  await playAndPause(visit);
  await visit.look('compared');

  const report = await savePdf(visit);
  assert.match(report.name, /^mistura 7.*\.pdf$/);
  assert.equal(report.head, '%PDF-');
  await visit.choose(visit.button('Report'), 'Share by a link');
  const dialog = page.getByRole('dialog');
  await visit.press(dialog.getByRole('button', { name: say('Make a link') }));
  const link = dialog.getByRole('link');
  await link.waitFor({ timeout: patienceMs });
  const opened = await openLink(link);
  assert.equal(opened.status, 200);
  assert.match(opened.type ?? '', /^text\/html/);
  await visit.look('shared');
  const address = await link.getAttribute('href');
  await visit.press(dialog.getByRole('button', { name: say('Take the link back') }));
  await link.waitFor({ state: 'detached' });
  assert.equal((await fetch(address ?? '')).status, 404);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });

  await visit.pressButton('Stems');
  await visit.pressButton('Make stems');
  await until(async () => assert.ok(await visit.button('Play').isEnabled()), 2 * patienceMs);
  await visit.pressButton('Only {name}', { name: say('Vocals') });
  await visit.pressButton('Play');
  await visit.button('Pause').waitFor();
  await visit.pressButton('Pause');
  await visit.look('stems');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    visit.pressButton('Download {name}', { name: `mistura 7 (${say('Vocals')})` }),
  ]);
  assert.equal(download.suggestedFilename(), `mistura 7 (${say('Vocals')}).flac`);
}

test('with keys alone: an analysis is read and played', () =>
  visit('en', 'desktop', async (visit) => {
    const { page, say } = visit;
    const { keyboard } = page;
    await bringRecordings(visit, [crushed]);
    const link = rowOf(visit, basename(crushed)).getByRole('link', { name: basename(crushed) });
    await link.waitFor({ timeout: patienceMs });
    await visit.tabTo(link);
    await keyboard.press('Enter');
    await until(async () => assert.ok(await visit.button('Play').isEnabled()), patienceMs);
    await keyboard.press(' ');
    await visit.button('Pause').waitFor();
    await keyboard.press('k');
    await visit.button('Play').waitFor();
    const position = page.getByRole('slider', { name: say('Position in the recording') });
    await visit.tabTo(position);
    await keyboard.press('Home');
    await until(async () => assert.equal(await positionOf(visit), 0), patienceMs);
    await keyboard.press('l');
    await until(async () => assert.equal(await positionOf(visit), 10), patienceMs);
    await keyboard.press('ArrowLeft');
    await until(async () => assert.equal(await positionOf(visit), 5), patienceMs);
    await keyboard.press('End');
    await until(async () => assert.ok(Math.abs((await positionOf(visit)) - seconds) <= 1), patienceMs);
    await keyboard.press('?');
    await page.getByRole('dialog', { name: say('Keyboard shortcuts') }).waitFor();
    await visit.look('shortcuts');
  }));

test('what is no recording is said at it, and leaves the others alone', () =>
  visit('pt-BR', 'desktop', async (visit) => {
    const { say } = visit;
    visit.expected.push(/^\/v1\/assets$/);
    const text = join(crushed, '..', 'letra.mp3');
    await writeFile(text, 'Uma gravação não é.');
    await bringRecordings(visit, [text, open]);
    const row = rowOf(visit, 'letra.mp3');
    await row
      .getByText(say('This is not a recording that Esteira reads. Use MP3, WAV, FLAC, AAC, OGG, Opus or AIFF.'))
      .waitFor();
    await rowOf(visit, basename(open)).getByRole('link').waitFor({ timeout: patienceMs });
    await visit.look('broken');
    await visit.press(row.getByRole('button', { name: say('Remove {name}', { name: 'letra.mp3' }) }));
    await row.waitFor({ state: 'detached' });
  }));
