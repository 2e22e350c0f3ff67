import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { measuredOf, tilted } from '../verdicts/test-measured.ts';
import type { Path, Picture, Rect, Text } from './drawing.ts';
import { frequencyTicks, linear, logarithmic, timeTicks } from './pictures/scales.ts';
import { spectrogramPicture } from './pictures/spectrogram-picture.ts';
import { spectrumPicture } from './pictures/spectrum-picture.ts';
import { stereoPicture } from './pictures/stereo-picture.ts';
import { differencePicture, differencesToGenre } from './pictures/thirds-picture.ts';
import { waveformPicture } from './pictures/waveform-picture.ts';
import { subjectOf } from './report-options.ts';
import { sectionsOf } from './sections.ts';
import { analysisOf, optionsOf, troubledAnalysis } from './test-report.ts';

const texts = ({ shapes }: Picture) => shapes.filter((shape): shape is Text => shape.kind === 'text');
const paths = ({ shapes }: Picture) => shapes.filter((shape): shape is Path => shape.kind === 'path');
const rects = ({ shapes }: Picture) => shapes.filter((shape): shape is Rect => shape.kind === 'rect');

/** Between two named ticks of an axis, where a value must stand. */
function between(picture: Picture, axis: 'x' | 'y', low: string, high: string, share: number): number {
  const at = (name: string) =>
    texts(picture).find(({ text }) => text === name)?.[axis] ?? assert.fail(`no tick ${name}`);
  return at(low) + share * (at(high) - at(low)) - (axis === 'y' ? 4 : 0);
}

describe('scales', () => {
  test('values keep within their box, and octaves are equally far apart', () => {
    const scale = logarithmic([20, 20_000], [0, 1_000]);
    assert.deepEqual([20, 20_000, 5, 90_000].map(scale), [0, 1_000, 0, 1_000]);
    assert.ok(Math.abs(scale(250) - scale(125) - (scale(8_000) - scale(4_000))) < 1e-9);
    assert.deepEqual([-1, 0, 3].map(linear([-1, 1], [10, 0])), [10, 5, 0]);
  });

  test('ticks are musical, and fewer where there is little room', () => {
    assert.deepEqual(frequencyTicks(700, [20, 20_000]), [31.5, 63, 125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000]);
    assert.deepEqual(frequencyTicks(290, [20, 20_000]), [63, 250, 1_000, 4_000, 16_000]);
    assert.deepEqual(timeTicks(180, 700), [0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165, 180]);
    assert.ok(timeTicks(10_800, 300).length <= 7);
    assert.ok(timeTicks(0.02, 300).length >= 1);
  });
});

describe('what is drawn stands where its number is', () => {
  const subject = subjectOf(troubledAnalysis(), optionsOf());

  test('the line of the target at −14 LUFS, a sixth of the way from −12 to −24', () => {
    const picture = waveformPicture(subject, 800);
    const target = paths(picture).find(
      ({ stroke, dashes, points }) => stroke === 'second' && dashes && (points[1]?.[0] ?? 0) > 700,
    );
    assert.ok(Math.abs((target?.points[0]?.[1] ?? 0) - between(picture, 'y', '−12', '−24', 1 / 6)) < 0.01);
    assert.ok(texts(picture).some(({ text }) => text === 'Spotify −14 LUFS'));
  });

  test('markers of clipping at their seconds', () => {
    const picture = waveformPicture(subject, 800);
    const markers = paths(picture).filter(
      ({ fill, closed, points }) => closed && fill === 'bad' && points.length === 3,
    );
    // The first is the sign in the legend.
    assert.deepEqual(
      markers.slice(1).map(({ points }) => Math.round((points[2]?.[0] ?? 0) * 10) / 10),
      [62, 131].map((second) => Math.round(between(picture, 'x', '1:00', '1:30', (second - 60) / 30) * 10) / 10),
    );
  });

  test('the spectrum at 1 kHz, at its level', () => {
    const picture = spectrumPicture(subject, 800);
    const { curve } = subject.analysis.spectrum;
    const index = curve.findIndex(({ hz }) => hz >= 1_000);
    const line = paths(picture).find(({ stroke, points }) => stroke === 'accent' && points.length > 100);
    const [x = 0, y = 0] = line?.points[index] ?? [];
    const point = curve[index] ?? assert.fail();
    assert.ok(Math.abs(x - between(picture, 'x', '1k', '2k', Math.log2(point.hz / 1_000))) < 0.01);
    assert.ok(Math.abs(y - between(picture, 'y', '−24', '−36', (-24 - (point.db ?? 0)) / 12)) < 0.01);
  });

  test('a bar of 9 dB, half as far beyond +6 as +12 is, in the colour of what stands out', () => {
    const measured = measuredOf({ spectrum: { thirdOctaveDb: tilted({ sub: 9 }) } });
    const own = subjectOf(analysisOf(measured), optionsOf());
    const picture = differencePicture(own, differencesToGenre(own) ?? [], 800);
    const bar = rects(picture).find(({ fill }) => fill === 'warn');
    assert.ok(Math.abs((bar?.y ?? 0) - between(picture, 'y', '+6', '+12', 0.5)) < 0.01);
    assert.equal(rects(picture).filter(({ fill }) => fill === 'warn').length, 4);
  });

  test('widths of the six regions from zero to their per cent', () => {
    const { stereo } = subject.analysis;
    assert.ok(stereo !== null);
    const picture = stereoPicture(subject, stereo, 800);
    const bars = rects(picture).filter(({ fill }) => fill === 'accent');
    assert.deepEqual(
      bars.map(({ x, width }) => Math.round(x + width)),
      stereo.bands.map(({ widthPercent }) => Math.round(between(picture, 'x', '0%', '25%', (widthPercent ?? 0) / 25))),
    );
  });

  test('the spectrogram between its axes', () => {
    const picture = spectrogramPicture(subject, 800);
    const raster = picture.shapes.find(({ kind }) => kind === 'raster');
    assert.ok(raster?.kind === 'raster');
    assert.ok(Math.abs(raster.x - between(picture, 'x', '0:00', '1:00', 0)) < 0.01);
    assert.ok(Math.abs(raster.x + raster.width - between(picture, 'x', '0:00', '1:00', 3)) < 0.01);
    const octave = raster.height / Math.log2(1_000);
    assert.ok(Math.abs(between(picture, 'y', '1k', '2k', 0) - between(picture, 'y', '1k', '2k', 1) - octave) < 0.01);
  });
});

test('nothing is drawn outside of its picture, wide or narrow', () => {
  const subject = subjectOf(troubledAnalysis(), optionsOf({ language: 'pt-BR' }));
  for (const { name, draw } of sectionsOf(subject)) {
    for (const width of [346, 816]) {
      const picture = draw(width);
      assert.equal(picture.width, width);
      const inside = (x: number, y: number) => {
        assert.ok(
          x >= -0.01 && x <= width + 0.01 && y >= -0.01 && y <= picture.height + 0.01,
          `${name} ${width}: ${x}, ${y}`,
        );
      };
      for (const shape of picture.shapes) {
        if (shape.kind === 'path') for (const [x, y] of shape.points) inside(x, y);
        else inside(shape.x, shape.y);
        if (shape.kind === 'rect' || shape.kind === 'raster') inside(shape.x + shape.width, shape.y + shape.height);
        if (shape.kind !== 'text') continue;
        // Half a letter of the size is what most fonts take, and some less.
        const length = shape.text.length * shape.size * 0.5;
        const left =
          shape.anchor === 'end' ? shape.x - length : shape.anchor === 'middle' ? shape.x - length / 2 : shape.x;
        inside(left, shape.y);
        inside(left + length, shape.y);
      }
    }
  }
});
