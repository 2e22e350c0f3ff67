import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerForApi, type MadeUpJob, type MadeUpServer } from '../support/studio/made-up-server.ts';
import { type OpenStudio, openStudio } from '../support/studio/open-studio.ts';
import { madeUpAnalysis, madeUpComparison } from '../support/studio/recordings.ts';
import type { Size, Visit } from '../support/studio/visit.ts';
import type { Language } from '../support/studio/words.ts';
import { until } from '../support/until.ts';

// The audio pages in the states that a server does not get into by itself; test/e2e has the way from a file to an answer.

let studio: OpenStudio;
before(async () => {
  studio = await openStudio();
});
after(() => studio[Symbol.asyncDispose]());

const patienceMs = 30_000;
const name = 'Madrugada (mix 7).wav';

function jobs(): MadeUpJob[] {
  return [
    { id: 'one', name, analysis: madeUpAnalysis({ durationSeconds: 20 }), params: { target: 'spotify', genre: 'pop' } },
    { id: 'two', name: 'Mix 6.wav', analysis: madeUpAnalysis({ durationSeconds: 20, integratedLufs: -11.2 }) },
    {
      id: 'held',
      name: 'Held.wav',
      inputs: ['asset-of-held', 'asset-of-two'],
      analysis: madeUpComparison(madeUpAnalysis({ durationSeconds: 20 })),
    },
    { id: 'silent', name: 'Silent.wav', analysis: madeUpAnalysis({ mono: true, silent: true, verdicts: [] }) },
    { id: 'gone', name: 'Gone.wav', analysis: madeUpAnalysis(), gone: true },
    { id: 'foreign', processor: 'image.cutout' },
    {
      id: 'failed',
      name: 'Broken.mp3',
      status: 'failed',
      error: { code: 'MEDIA_INVALID', detail: 'The file ends in the middle of a frame.' },
    },
    { id: 'active', name: 'Long.flac', status: 'active', progress: 0.43 },
    {
      id: 'stems',
      processor: 'audio.stems',
      inputs: ['asset-of-one'],
      outputs: ['vocals', 'accompaniment'].map((stem) => ({ mediaType: 'audio/wav', data: { stem } })),
    },
  ];
}

/** Opens an address, does something there, and holds that nothing went wrong on the way. */
async function at(
  path: string,
  language: Language,
  size: Size,
  way: (visit: Visit, server: MadeUpServer) => Promise<void>,
): Promise<void> {
  let server: MadeUpServer | undefined;
  await using visit = await studio.visit({
    language,
    size,
    prepare: async (context) => {
      server = await answerForApi(context, jobs());
    },
  });
  // Changes are asked for instead, and some of what is asked for is not there.
  visit.expected.push(/^\/v1\/events$/, /^\/v1\/jobs\/(?:nowhere|gone\/outputs\/\d)$/);
  await visit.page.goto(path);
  assert.ok(server);
  await way(visit, server);
  assert.deepEqual(visit.problems(), []);
}

/** Nothing is on its way any more: what can be heard is there. */
async function playable(visit: Visit): Promise<void> {
  await until(async () => assert.ok(await visit.button('Play').isEnabled()), patienceMs);
}

const looks = [
  ['pt-BR', 'phone'],
  ['en', 'desktop'],
] as const;

for (const [language, size] of looks) {
  test(`whatever became of an analysis, its address says it: ${language}, ${size}`, () =>
    at('/audio/nowhere', language, size, async (visit) => {
      const { page, say } = visit;
      await page
        .getByText(say('There is no such analysis, or not any more. Drop the recording again to analyse it anew.'))
        .waitFor();
      await visit.look('nowhere');
      await page.goto('/audio/foreign');
      await page.getByRole('link', { name: say('Show the job') }).waitFor();
      await visit.look('foreign');
      await page.goto('/audio/failed');
      await page.getByText('MEDIA_INVALID').waitFor();
      assert.equal(await visit.button('Try again').count(), 0, 'the file itself is the reason');
      await visit.look('failed');
      await page.goto('/audio/active');
      const progress = page.getByRole('progressbar', { name: say('Progress of the analysis') });
      assert.equal(await progress.getAttribute('aria-valuenow'), '43');
      await visit.look('active');
      await page.goto('/audio/gone');
      await visit.button('Analyse again').waitFor();
      await visit.look('gone');
      await visit.pressButton('Analyse again');
      await playable(visit);
      await page.goto('/audio/silent');
      await playable(visit);
      await page.getByText('−∞ LUFS').first().waitFor();
      await page.getByText(say('This recording has one channel: there is nothing to compare.')).waitFor();
      await visit.look('silent');
      await page.goto('/audio');
      await page.getByRole('link', { name }).waitFor();
      await visit.look('audio');
    }));

  test(`an analysis is read, played, and shown as tables: ${language}, ${size}`, () =>
    at('/audio/one', language, size, async (visit) => {
      const { page, say } = visit;
      await playable(visit);
      await visit.look('track');
      const position = page.getByRole('slider', { name: say('Position in the recording') });
      const seconds = async () => Number(await position.getAttribute('aria-valuenow'));
      await visit.press(page.getByRole('button', { name: say('Play from {0}', { 0: '0:06' }), exact: true }).first());
      await visit.button('Pause').waitFor();
      await until(async () => assert.ok((await seconds()) >= 6), patienceMs);
      await visit.pressButton('Pause');
      await position.press('Home');
      await until(async () => assert.equal(await seconds(), 0), patienceMs);
      await position.press('ArrowRight');
      await until(async () => assert.equal(await seconds(), 5), patienceMs);
      const spoken = (await position.getAttribute('aria-valuetext')) ?? '';
      assert.match(spoken, language === 'en' ? /^5 seconds of 20 seconds$/ : /^5 segundos de 20 segundos$/);
      // Away from the player, which stays at the lower edge.
      await position.evaluate((element: { scrollIntoView(o: object): void }) =>
        element.scrollIntoView({ block: 'center' }),
      );
      await visit.drag(position, [0.2, 0.5], [0.5, 0.5]);
      await until(async () => assert.equal(await seconds(), 10), patienceMs);
      const tables = visit.button('Table');
      while ((await tables.count()) > 0) await visit.press(tables.first());
      assert.equal(
        await page
          .getByRole('table', { name: say('Loudness over time') })
          .getByRole('row')
          .count(),
        21,
      );
      await page.getByRole('table', { name: say('Level of each third of an octave') }).waitFor();
      await visit.look('tables');
    }));

  test(`two versions are compared, equally loud: ${language}, ${size}`, () =>
    at('/audio/one', language, size, async (visit, server) => {
      const { page, say } = visit;
      await page.getByLabel(say('Hold against')).selectOption('two');
      const versions = page.getByRole('table', { name: say('This recording and {name}', { name: 'Mix 6.wav' }) });
      const loudness = versions.getByRole('row', { name: say('Loudness'), exact: false }).first();
      const figure = (text: string) => (language === 'en' ? text : text.replace('.', ','));
      await loudness.getByText(figure('+2.6 LUFS')).waitFor();
      assert.match(page.url(), /with=two|with=%22two%22/);
      await page.getByText(`A ${figure('−2.6')} dB`).waitFor();
      await page.keyboard.press('x');
      const other = page.getByRole('button', { name: 'Mix 6.wav' });
      await until(async () => assert.equal(await other.getAttribute('aria-pressed'), 'true'), patienceMs);
      await page.keyboard.press(' ');
      await visit.button('Pause').waitFor();
      const position = page.getByRole('slider', { name: say('Position in the recording') });
      await until(async () => assert.ok(Number(await position.getAttribute('aria-valuenow')) >= 1), patienceMs);
      await page.keyboard.press('k');
      await visit.button('Play').waitFor();
      await visit.look('compared');
      await page.goto('/audio/held');
      await page.getByRole('table', { name: say('Differences by band, at equal loudness') }).waitFor();
      await playable(visit);
      await page.getByLabel(say('Ready for')).selectOption('club');
      await page.getByText(say('Ready for {0}?', { 0: say('Club') })).waitFor();
      assert.deepEqual(server.lastAsked('audio.analysis')?.['inputs'], ['asset-of-held', 'asset-of-two']);
      await visit.look('held');
    }));

  test(`stems are chosen, muted and heard alone: ${language}, ${size}`, () =>
    at('/audio/one?view=stems', language, size, async (visit, server) => {
      const { page, say } = visit;
      await visit.look('stems-form');
      await visit.pressButton('Make stems');
      await playable(visit);
      assert.deepEqual(server.lastAsked('audio.stems')?.['params'], { mode: 'two', stems: 'all', format: 'flac' });
      const mute = visit.button('Mute {name}', { name: say('Vocals') });
      const alone = visit.button('Only {name}', { name: say('Accompaniment') });
      await mute.focus();
      await page.keyboard.press('m');
      assert.equal(await mute.getAttribute('aria-pressed'), 'true');
      await alone.focus();
      await page.keyboard.press('s');
      assert.equal(await alone.getAttribute('aria-pressed'), 'true');
      await visit.pressButton('Play');
      await visit.button('Pause').waitFor();
      await visit.pressButton('Pause');
      await visit.look('stems');
    }));
}
