import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDsp } from '../dsp/dsp.ts';
import { magma } from './palette.ts';
import { createSpectrogramRows } from './rows.ts';

const rows = 64;

test('levels are the nearest byte between floor and ceiling, the highest row on top', async () => {
  const dsp = await createDsp();
  const picture = await createSpectrogramRows(dsp, rows, 1_024, 44_100);
  const { floorDb, ceilingDb } = picture.scale;
  const count = 5;
  const columns = dsp.allocate(count * rows);
  const db = (column: number, row: number) => 7 - (column * rows + row) * 0.41;
  const fullScale = 1_234;
  dsp.floats(columns, count * rows).forEach((_, i, all) => {
    all[i] = fullScale * 10 ** (db(Math.floor(i / rows), i % rows) / 10);
  });
  const bytes = picture.levels(columns, count, fullScale);
  assert.equal(bytes.length, count * rows);
  for (let column = 0; column < count; column++) {
    for (let row = 0; row < rows; row++) {
      const exact = (255 * (db(column, row) - floorDb)) / (ceilingDb - floorDb);
      const expected = Math.min(255, Math.max(0, exact));
      const byte = bytes[(rows - 1 - row) * count + column] ?? -1;
      // Half a step, and the error of the logarithm.
      assert.ok(Math.abs(byte - expected) <= 0.501, `${byte} is not ${expected}`);
    }
  }
  dsp.floats(columns, count * rows).fill(0);
  assert.ok(picture.levels(columns, count, fullScale).every((byte) => byte === 0));
});

test('a line of a spectrum is in its row, at every frequency', async () => {
  const dsp = await createDsp();
  const [bins, sampleRateHz] = [4_096, 44_100];
  const picture = await createSpectrogramRows(dsp, rows, bins, sampleRateHz);
  const { fromHz, toHz } = picture.scale;
  const power = dsp.allocate(bins + 4);
  const out = dsp.allocate(rows);
  for (const bin of [8, 20, 50, 117, 500, 1_300, 3_700]) {
    dsp.floats(power, bins).fill(1e-9)[bin] = 1;
    picture.column(power, out);
    const column = dsp.floats(out, rows);
    const row = (rows * Math.log((bin * sampleRateHz) / 2 / bins / fromHz)) / Math.log(toHz / fromHz);
    const strongest = column.indexOf(Math.max(...column));
    assert.ok(row >= strongest - 0.5 && row < strongest + 1.5, `bin ${bin}: row ${strongest}, not ${row}`);
    if (bin > 100) assert.equal(Math.max(...column), 1);
  }
});

test('columns become half as many, each the mean of two', async () => {
  const dsp = await createDsp();
  const picture = await createSpectrogramRows(dsp, rows, 1_024, 44_100);
  const columns = dsp.allocate(6 * rows);
  dsp.floats(columns, 6 * rows).forEach((_, i, all) => {
    all[i] = i;
  });
  picture.halve(columns, 3);
  for (let i = 0; i < 3 * rows; i++) {
    const first = 2 * Math.floor(i / rows) * rows + (i % rows);
    assert.equal(dsp.floats(columns, 3 * rows)[i], first + rows / 2);
  }
});

test('colours grow lighter evenly', () => {
  const palette = magma();
  const lightness = Array.from({ length: 256 }, (_, index) => {
    // CIE L* from sRGB.
    const linear = [0, 1, 2].map((channel) => {
      const value = (palette[index * 3 + channel] ?? 0) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    const y = 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
    return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
  });
  for (let index = 8; index < 256; index += 8) {
    const step = (lightness[index] ?? 0) - (lightness[index - 8] ?? 0);
    // 98 of lightness in 255 steps: 3.1 in eight.
    assert.ok(step > 1 && step < 5, `${step} up to colour ${index}`);
  }
});
