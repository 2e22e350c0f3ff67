import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { pdfReport } from './pdf-report.ts';
import { analysisOf, optionsOf, troubledAnalysis } from './test-report.ts';

describe('a report on paper', () => {
  test('is a whole PDF: it ends, its table of objects is where it says, its pages are A4 and counted', async () => {
    const pdf = (await pdfReport(troubledAnalysis(), optionsOf())).toString('latin1');
    assert.match(pdf, /^%PDF-1\.7\n/);
    const start = Number(/startxref\n(\d+)\n%%EOF\s*$/.exec(pdf)?.[1]);
    assert.equal(pdf.slice(start, start + 4), 'xref');
    const [, first = '', count = ''] = /^xref\n(\d+) (\d+)\n/.exec(pdf.slice(start)) ?? [];
    assert.equal(first, '0');
    const entries = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n ?$/gm)];
    assert.equal(entries.length, Number(count) - 1);
    for (const [index, [, offset = '']] of entries.entries()) {
      assert.equal(pdf.slice(Number(offset), Number(offset) + String(index + 1).length + 6), `${index + 1} 0 obj`);
    }
    const pages = pdf.match(/\/Type \/Page\n/g)?.length ?? 0;
    assert.ok(pages >= 5 && pages <= 12);
    assert.match(pdf, new RegExp(`/Count ${pages}\n`));
    assert.equal(pdf.match(/\/MediaBox \[0 0 595\.28 841\.89\]/g)?.length, pages);
  });

  test('says its language and title, and is tagged with words for each picture', async () => {
    const pdf = (await pdfReport(troubledAnalysis(), optionsOf({ language: 'pt-BR' }))).toString('latin1');
    assert.match(pdf, /\/Lang \(pt-BR\)/);
    assert.match(pdf, /\/MarkInfo/);
    assert.match(pdf, /\/S \/H1\b/);
    assert.equal(pdf.match(/\/S \/Figure\b/g)?.length, 6);
    assert.equal(pdf.match(/\/Alt \(/g)?.length, 6);
    assert.match(pdf, /\/DisplayDocTitle true/);
  });

  test('has Inter in it, and draws its pictures as paths: the one image is the spectrogram', async () => {
    const pdf = (await pdfReport(troubledAnalysis(), optionsOf())).toString('latin1');
    assert.match(pdf, /\/FontName \/[A-Z]+\+Inter-Regular/);
    assert.match(pdf, /\/FontName \/[A-Z]+\+Inter-SemiBold/);
    assert.equal(pdf.match(/\/Subtype \/Image\b/g)?.length, 1);
  });

  test('a hostile title stays text, and its metadata well-formed', async () => {
    const title = ')>> /OpenAction <</S /JavaScript>> <script>&';
    const pdf = (await pdfReport(analysisOf(), optionsOf({ title }))).toString('latin1');
    const metadata = /<x:xmpmeta[\s\S]*<\/x:xmpmeta>/.exec(pdf)?.[0] ?? '';
    assert.doesNotMatch(pdf.replace(metadata, ''), /\/OpenAction|<script>/);
    const open: string[] = [];
    for (const [, slash, name = ''] of metadata.matchAll(/<(\/?)([^\s>/]+)/g)) {
      if (slash === '/') assert.equal(open.pop(), name);
      else open.push(name);
    }
    assert.deepEqual(open, []);
    assert.match(metadata, /JavaScript/);
    assert.doesNotMatch(metadata, /&/);
  });

  test('the same analysis gives the same bytes', async () => {
    const [first, second] = [
      await pdfReport(troubledAnalysis(), optionsOf()),
      await pdfReport(troubledAnalysis(), optionsOf()),
    ];
    assert.ok(first.equals(second));
  });

  for (const language of ['en', 'pt-BR'] as const) {
    test(`every verdict, service and heading can be read in it, and no number that is none: ${language}`, async () => {
      const analysis = troubledAnalysis();
      const words = textOf(await pdfReport(analysis, optionsOf({ language })));
      // Lines end where they must: only the letters count.
      const letters = (text: string) => text.replace(/\s/g, '');
      for (const { text } of analysis.verdicts)
        assert.ok(letters(words).includes(letters(text[language])), text[language]);
      for (const part of [
        'Madrugada',
        'Apple Music',
        'Spotify −14 LUFS',
        '−8,3 LUFS'.replace(',', language === 'en' ? '.' : ','),
      ]) {
        assert.ok(words.includes(part), part);
      }
      assert.doesNotMatch(words, /NaN|Infinity|undefined|\[object/);
    });
  }

  test('no place in its drawings is none', async () => {
    const drawings = streams(await pdfReport(troubledAnalysis(), optionsOf()));
    assert.ok(drawings.length > 5);
    for (const drawing of drawings) assert.doesNotMatch(drawing, /NaN|Infinity|undefined/);
  });
});

/** Reads the text as a viewer does that copies it: numbers of glyphs, by the map of each font. */
function textOf(pdf: Buffer): string {
  const source = pdf.toString('latin1');
  const maps = new Map<string, readonly string[]>();
  const fonts = /\/Font <<\n([\s\S]*?)>>/.exec(source)?.[1] ?? '';
  for (const [, name = '', id = ''] of fonts.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const toUnicode = new RegExp(`\n${id} 0 obj\n[\\s\\S]*?/ToUnicode (\\d+) 0 R`).exec(source)?.[1] ?? '';
    const at = source.indexOf(`\n${toUnicode} 0 obj\n`);
    const [map = ''] = streams(pdf.subarray(at, pdf.indexOf('endobj', at)));
    const letters = [...(/\[([\s\S]*)\]/.exec(map)?.[1] ?? '').matchAll(/<([0-9a-f]+)>/g)];
    maps.set(
      name,
      letters.map(([, hex = '']) => Buffer.from(hex, 'hex').swap16().toString('utf16le')),
    );
  }
  let font: readonly string[] = [];
  const lines = streams(pdf).flatMap((drawing) =>
    [...drawing.matchAll(/\/(F\d+) [\d.]+ Tf|\[(.*)\] TJ/g)].map(([, name, glyphs = '']) => {
      if (name !== undefined) font = maps.get(name) ?? [];
      return [...glyphs.matchAll(/<([0-9a-f]*)>/g)]
        .flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
        .map((glyph) => font[Number.parseInt(glyph, 16)] ?? '')
        .join('');
    }),
  );
  return lines.join('\n');
}

/** What stands in compressed streams, as far as they are text. */
function streams(pdf: Buffer): string[] {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/\/Length (\d+)\n\/Filter \/FlateDecode\n>>\nstream\n/g)].map((match) => {
    const start = match.index + match[0].length;
    return inflateSync(pdf.subarray(start, start + Number(match[1]))).toString('latin1');
  });
}
