import { magma } from '#processors/shared/audio/spectrogram/palette.ts';
import { type Box, label, line, type Picture, rect, type Shape } from '../drawing.ts';
import type { ReportSubject } from '../report-options.ts';
import { frequencyName, frequencyTicks, linear, logarithmic, timeName, timeTicks } from './scales.ts';

const gutter = 44;
const plotHeight = 240;
const keySteps = 32;

/** The spectrogram between its axes, with the key of its colours. */
export function spectrogramPicture({ analysis, spectrogram, speech }: ReportSubject, width: number): Picture {
  const box: Box = { x: gutter, y: 34, width: width - gutter - 18, height: plotHeight };
  const bottom = box.y + box.height;
  const shownSeconds = spectrogram.columns * spectrogram.columnSeconds;
  const x = linear([0, shownSeconds], [box.x, box.x + box.width]);
  const range = [spectrogram.fromHz, spectrogram.toHz] as const;
  const y = logarithmic(range, [bottom, box.y]);
  return {
    width,
    height: bottom + 24,
    shapes: [
      ...colourKey(spectrogram, box, speech),
      { kind: 'raster', ...box },
      ...frequencyTicks(box.height * 2, range).flatMap((hz): Shape[] => [
        line([box.x - 4, y(hz)], [box.x, y(hz)], 'soft'),
        label(box.x - 8, y(hz) + 4, frequencyName(hz, speech), { anchor: 'end' }),
      ]),
      label(box.x - 8, box.y - 10, 'Hz', { anchor: 'end' }),
      ...timeTicks(Math.min(shownSeconds, analysis.durationSeconds), box.width).flatMap((seconds): Shape[] => [
        line([x(seconds), bottom], [x(seconds), bottom + 4], 'soft'),
        label(x(seconds), bottom + 17, timeName(seconds, analysis.durationSeconds, speech), { anchor: 'middle' }),
      ]),
    ],
  };
}

function colourKey(
  { floorDb, ceilingDb }: ReportSubject['spectrogram'],
  box: Box,
  speech: ReportSubject['speech'],
): Shape[] {
  const width = Math.min(160, box.width / 2);
  const left = box.x + box.width - width - 50;
  const colours = magma();
  const step = width / keySteps;
  return [
    label(left - 8, 19, speech.db(floorDb), { anchor: 'end' }),
    ...Array.from({ length: keySteps }, (_, index) => {
      const entry = Math.round((index / (keySteps - 1)) * 255);
      return rect({ x: left + index * step, y: 10, width: step + 1, height: 11 }, hex(colours, entry));
    }),
    label(left + width + 8, 19, speech.db(ceilingDb)),
  ];
}

function hex(colours: Uint8Array, entry: number): `#${string}` {
  const channels = [0, 1, 2].map((channel) => (colours[entry * 3 + channel] ?? 0).toString(16).padStart(2, '0'));
  return `#${channels.join('')}`;
}
