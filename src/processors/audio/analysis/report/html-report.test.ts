import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { measuredOf } from '../verdicts/test-measured.ts';
import { htmlReport } from './html-report.ts';
import { analysisOf, optionsOf, troubledAnalysis } from './test-report.ts';

describe('a report as one page', () => {
  for (const language of ['en', 'pt-BR'] as const) {
    test(`says its language, its verdicts and its pictures in words: ${language}`, () => {
      const analysis = troubledAnalysis();
      const page = htmlReport(analysis, optionsOf({ language }));
      assert.match(page, new RegExp(`^<!doctype html>\n<html lang="${language}">`));
      const words = textOf(page);
      for (const { text } of analysis.verdicts) assert.ok(words.includes(text[language]), text[language]);
      for (const { target } of analysis.services) assert.ok(target.length > 0);
      assert.equal(page.match(/<svg class="wide"/g)?.length, 6);
      assert.equal(page.match(/<svg class="narrow"/g)?.length, 6);
      assert.equal(page.match(/<svg [^>]*role="img" aria-label="[^"]{5,}"/g)?.length, 12);
      assert.equal(page.match(/<details><summary>/g)?.length, 7);
      assert.doesNotMatch(words, /undefined|NaN|Infinity|\[object|\bnull\b/);
    });
  }

  test('loads nothing and runs nothing: no address but those in its own text, and a policy that allows no other', () => {
    const page = htmlReport(troubledAnalysis(), optionsOf());
    assert.doesNotMatch(page, /(?:src|href|action|data|poster)\s*=\s*"(?!#|data:image\/png;base64,)/);
    assert.doesNotMatch(page, /https?:|url\(|@import|<script|<link|<iframe| style="| on[a-z]+="/i);
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    assert.ok(
      page.includes(
        `content="default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
      ),
    );
  });

  test('a hostile title is text, in the title, in the heading and in the pictures', () => {
    const title = `</title><script>alert(1)</script><img src=x onerror='a'>"\u202e\u0007 & Cia`;
    const page = htmlReport(analysisOf(), optionsOf({ title }));
    assert.doesNotMatch(page, /<script|<img|[\u202e\p{Cc}](?<!\n)/u);
    assert.match(
      page,
      /<h1>&lt;\/title&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;&lt;img src=x onerror=&#39;a&#39;&gt;&quot; &amp; Cia<\/h1>/,
    );
  });

  test('without a title it bears the name of its file, and without that it says so', () => {
    const heading = (options: Parameters<typeof optionsOf>[0]) =>
      /<h1>(.*)<\/h1>/.exec(htmlReport(analysisOf(), optionsOf(options)))?.[1];
    assert.equal(heading({ title: ' ', fileName: 'mix 7.wav' }), 'mix 7.wav');
    assert.equal(heading({ title: '', language: 'pt-BR' }), 'Gravação sem título');
  });

  test('the spectrogram stands in it, as an image whoever hands it over: bytes from another thread are no Buffer', () => {
    const { spectrogram } = optionsOf();
    const cloned = structuredClone(spectrogram.png) as Buffer;
    assert.ok(!Buffer.isBuffer(cloned));
    const page = htmlReport(analysisOf(), optionsOf({ spectrogram: { ...spectrogram, png: cloned } }));
    const [, image = ''] = /href="data:image\/png;base64,([A-Za-z0-9+/=]+)"/.exec(page) ?? [];
    assert.ok(Buffer.from(image, 'base64').equals(spectrogram.png));
  });

  test('the same analysis gives the same bytes', () => {
    assert.equal(htmlReport(troubledAnalysis(), optionsOf()), htmlReport(troubledAnalysis(), optionsOf()));
  });

  test('silence, one channel and no genre leave no picture with numbers that are none', () => {
    const nothing = {
      integratedLufs: null,
      maxShortTermLufs: null,
      maxMomentaryLufs: null,
      truePeakDbtp: null,
      samplePeakDbfs: null,
    };
    const measured = measuredOf();
    const silent = {
      ...measured,
      channels: 1,
      stereo: null,
      loudness: { ...measured.loudness, ...nothing, rangeLu: null, plrDb: null },
      spectrum: {
        ...measured.spectrum,
        thirdOctaveDb: measured.spectrum.thirdOctaveDb.map(({ centerHz }) => ({ centerHz, db: null })),
        curve: measured.spectrum.curve.map(({ hz }) => ({ hz, db: null })),
      },
      series: {
        ...measured.series,
        momentaryLufs: measured.series.momentaryLufs.map(() => null),
        shortTermLufs: measured.series.shortTermLufs.map(() => null),
        correlation: measured.series.correlation.map(() => null),
      },
    };
    for (const genre of ['none', 'pop'] as const) {
      const options = optionsOf({ genre });
      const page = htmlReport(analysisOf(silent, options), options);
      assert.doesNotMatch(page, /NaN|Infinity|undefined/);
      assert.deepEqual(
        [...page.matchAll(/<section id="(\w+)"/g)].map(([, name]) => name),
        ['waveform'],
      );
    }
  });

  test('a recording without any point of a series can be drawn', () => {
    const measured = measuredOf();
    const short = {
      ...measured,
      durationSeconds: 0.02,
      series: {
        ...measured.series,
        momentaryLufs: [],
        shortTermLufs: [],
        truePeakDbtp: [],
        correlation: [],
        centroidHz: [],
        bandsDb: [[], [], [], [], [], []],
      },
      waveform: { stepSeconds: 0.01, low: [-0.1], high: [0.1] },
    };
    assert.doesNotMatch(htmlReport(analysisOf(short), optionsOf()), /NaN|Infinity|undefined/);
  });
});

function textOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*<\/style>|data:[^"]*/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
