import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyRaster, type Raster } from '../compose/raster.ts';
import { completed } from '../test-thumbnail.ts';
import { measuringContext } from './fonts.ts';
import { layTexts } from './lay-texts.ts';
import { layOut } from './layout.ts';
import { runsOf, widthOf } from './runs.ts';

const face = { font: 'Inter', weight: 600 } as const;
const context = measuringContext();

describe('lines', () => {
  const room = { face, sizePx: 40, maxWidthPx: 400, maxLines: 2 };

  it('stay as they are where they fit', () => {
    assert.deepEqual(layOut(context, 'R$ 1.299,90', room).lines, ['R$ 1.299,90']);
    assert.equal(layOut(context, 'R$ 1.299,90', room).sizePx, 40);
    assert.deepEqual(layOut(context, 'um\ndois', room).lines, ['um', 'dois']);
  });

  it('are broken between words', () => {
    const { lines, sizePx, widthPx } = layOut(context, 'Tênis de corrida muito leve', room);
    assert.equal(sizePx, 40);
    assert.equal(lines.length, 2);
    assert.equal(lines.join(' '), 'Tênis de corrida muito leve');
    assert.ok(widthPx <= 400 && widthPx > 200);
  });

  it('that are too many are set smaller, as large as fits, and keep every word', () => {
    const text = 'Tênis de corrida muito leve para todos os terrenos';
    const { lines, sizePx, widthPx } = layOut(context, text, room);
    assert.ok(sizePx < 40 && sizePx >= 20 && widthPx <= 400, `${sizePx}`);
    assert.equal(lines.join(' '), text);
    const larger = layOut(context, text, { ...room, sizePx: sizePx * 1.05 });
    assert.ok(larger.sizePx < sizePx * 1.05, 'a little larger does not fit');
  });

  it('that are too many at half the size end in an ellipsis', () => {
    const { lines, sizePx, widthPx } = layOut(context, 'muito comprido '.repeat(30), room);
    assert.deepEqual([sizePx, lines.length], [20, 2]);
    assert.ok(lines[1]?.endsWith('…') && widthPx <= 400);
    const full = widthOf(context, `${lines[1]?.slice(0, -1)}mmmm…`, face, 20);
    assert.ok(full > 400, 'there was no room for more');
  });

  it('of one endless word are cut inside it, never inside a character', () => {
    const { lines, widthPx } = layOut(context, '👩🏽‍🔧'.repeat(100), { ...room, maxLines: 1 });
    assert.ok(widthPx <= 400);
    assert.match(lines[0] ?? '', /^(👩🏽‍🔧)+…$/u);
    assert.ok(layOut(context, 'a'.repeat(500), { ...room, maxWidthPx: 1 }).lines.length <= 2, 'a room of one pixel');
  });
});

describe('letters and emoji', () => {
  it('are drawn by fonts of their own; hearts, flags and families stay whole', () => {
    const texts = runsOf('Só ❤️ hoje 🇧🇷👩🏽‍🔧 5 © 2026 1️⃣').map(({ text, emoji }) => (emoji ? `[${text}]` : text));
    assert.equal(texts.join(''), 'Só [❤️] hoje [🇧🇷👩🏽‍🔧] 5 © 2026 [1️⃣]');
  });

  it('have colours of their own', () => {
    assert.ok(colours(drawn('❤️')).redder > 100);
    assert.equal(colours(drawn('coração')).redder, 0);
  });

  it('come with accents above and below', () => {
    const height = (text: string) => rowsOf(drawn(text));
    assert.ok(height('Ã').top < height('A').top && height('ç').bottom > height('c').bottom);
  });

  it('are there for each weight, and slanted', () => {
    const ink = (more: object) => colours(drawn('Promoção', more)).dark;
    const weights = [100, 200, 300, 400, 500, 600, 700, 800, 900].map((weight) => ink({ weight }));
    assert.deepEqual(
      weights.toSorted((a, b) => a - b),
      weights,
    );
    assert.notDeepEqual(drawn('Promoção', { font: 'Inter Italic' }).data, drawn('Promoção').data);
  });
});

describe('what is written', () => {
  it('is never markup: HTML is drawn letter by letter', () => {
    const widths = ['<b>x</b>', '&lt;', '{{x}}', '%s'].map((text) => widthOf(context, text, face, 40));
    const sum = (text: string) => [...text].reduce((all, letter) => all + widthOf(context, letter, face, 40), 0);
    for (const [index, text] of ['<b>x</b>', '&lt;', '{{x}}', '%s'].entries())
      assert.ok(Math.abs((widths[index] as number) / sum(text) - 1) < 0.1, text);
    const box = rowsOf(drawn('<b>x</b>'));
    assert.ok(box.right - box.left > 3 * (rowsOf(drawn('x')).right - rowsOf(drawn('x')).left));
  });

  it('stands where its anchor says, below what stands there already', () => {
    const [raster, one] = [emptyRaster(400, 400), { kind: 'price', text: 'R$ 10', anchor: 'bottom-left' }];
    layTexts(raster, completed({ texts: [one] }).texts);
    const alone = rowsOf(raster);
    assert.ok(alone.left >= 16 && alone.left < 24 && alone.bottom <= 384 && alone.top > 300, JSON.stringify(alone));
    const both = emptyRaster(400, 400);
    layTexts(both, completed({ texts: [{ kind: 'oldPrice', text: 'R$ 15', anchor: 'bottom-left' }, one] }).texts);
    assert.ok(rowsOf(both).top < alone.top - 15 && rowsOf(both).bottom === alone.bottom);
  });

  it('is struck through when it is an old price: a line through the middle of its letters', () => {
    const old = rowsOf(drawn('I', { kind: 'oldPrice' }));
    const plain = rowsOf(drawn('I', { kind: 'text', sizePercent: 4.5, weight: 500 }));
    assert.ok(old.right - old.left > plain.right - plain.left);
    assert.equal(old.bottom - old.top, plain.bottom - plain.top);
  });

  it('has the box that was asked for: closed form of its size', () => {
    const box = { colour: '#00ff00', paddingPercent: 50, radiusPercent: 0 };
    const found = rowsOf(drawn('MM', { sizePercent: 10, box }));
    const width = widthOf(context, 'MM', face, 40) + 40;
    const height = 0.727 * 40 + 40;
    assert.ok(
      Math.abs(found.right - found.left - width) <= 2 && Math.abs(found.bottom - found.top - height) <= 2,
      JSON.stringify(found),
    );
  });
});

function drawn(text: string, more: object = {}): Raster {
  const raster = emptyRaster(400, 400);
  layTexts(raster, completed({ texts: [{ text, anchor: 'centre', ...more }] }).texts);
  return raster;
}

function colours({ data }: Raster): { redder: number; dark: number } {
  let [redder, dark] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if ((data[at] as number) > (data[at + 2] as number) + 60 && (data[at + 3] as number) > 128) redder++;
    dark += data[at + 3] as number;
  }
  return { redder, dark };
}

function rowsOf({ data, widthPx }: Raster) {
  let [left, right, top, bottom] = [widthPx, 0, widthPx, 0];
  for (let pixel = 0; pixel < data.length / 4; pixel++) {
    if ((data[pixel * 4 + 3] as number) < 64) continue;
    const [x, y] = [pixel % widthPx, Math.floor(pixel / widthPx)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
  }
  return { left, right, top, bottom };
}
