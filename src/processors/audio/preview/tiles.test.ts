import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { synthesise } from '../../../../test/support/audio/synthesise.ts';
import { createTilePainter, mostTiles } from './tiles.ts';

test('three hours are at most two hundred tiles, and those of a wrong promise are not more', async () => {
  const sampleRateHz = 2_000;
  const frames = 16_384;
  const [block = new Float32Array()] = synthesise(sampleRateHz, frames / sampleRateHz, [
    [{ noiseSeed: 1, amplitude: 0.5 }],
  ]);
  for (const [promised, lasts] of [
    [10_800, 10_800],
    [5_000, 7_000],
  ] as const) {
    const widths: number[] = [];
    const painter = await createTilePainter({ sampleRateHz, channels: 1, mostSeconds: promised }, async (png) => {
      widths.push((await sharp(png).metadata()).width);
    });
    for (let done = 0; done < lasts * sampleRateHz; done += frames) await painter.add({ channels: [block], frames });
    const { count, columns, columnSeconds } = await painter.finish();
    assert.equal(widths.length, count);
    assert.ok(count > mostTiles / 3 && count <= mostTiles, `${count} tiles`);
    assert.ok(widths.slice(0, -1).every((width) => width === columns));
    const drawn = widths.reduce((sum, width) => sum + width, 0) * columnSeconds;
    if (promised === lasts) assert.ok(Math.abs(drawn - lasts) < 10, `${drawn} s`);
  }
});
