import { type Target, targetLufs, targets } from '../../verdicts/targets.ts';
import { type Box, label, legend, line, lines, marker, type Picture, type Point, type Shape } from '../drawing.ts';
import type { ReportSubject } from '../report-options.ts';
import { bottomGrid, linear, type Scale, steps, timeName, timeTicks, valueGrid } from './scales.ts';

const gutter = 44;
/** Half of the last label of an axis of time. */
const right = 18;
const waveHeight = 96;
const loudnessHeight = 150;
/** More than these run into each other. */
const maxMarkers = 100;

/** The wave with its clipping and peaks above, loudness over time with its target below, on one axis of time. */
export function waveformPicture(subject: ReportSubject, width: number): Picture {
  const { analysis, phrases, speech, target: targetName } = subject;
  const target: Target = targets[targetName];
  const lufs = targetLufs(target, analysis.channels);
  const { clips } = analysis.dynamics;
  const { peaks } = analysis.loudness;
  const legendBox = legend(
    [
      { text: phrases.wave, tone: 'accent-soft', sign: 'area' },
      ...(clips.length > 0 ? [{ text: phrases.clipping, tone: 'bad', sign: 'marker' } as const] : []),
      ...(peaks.length > 0 ? [{ text: phrases.peaksAbove, tone: 'warn', sign: 'marker' } as const] : []),
      { text: phrases.shortTermLine, tone: 'accent', sign: 'line' },
      { text: phrases.momentary, tone: 'sunk', sign: 'area' },
      { text: phrases.targetLine(target.name, speech.lufs(lufs)), tone: 'second', sign: 'dashes' },
    ],
    { x: gutter, y: 0, width: width - gutter },
  );
  const wave: Box = { x: gutter, y: legendBox.height + 16, width: width - gutter - right, height: waveHeight };
  const below: Box = { ...wave, y: wave.y + waveHeight + 20, height: loudnessHeight };
  const x = linear([0, analysis.durationSeconds], [wave.x, wave.x + wave.width]);
  const ticks = timeTicks(analysis.durationSeconds, wave.width);
  return {
    width,
    height: below.y + loudnessHeight + 24,
    shapes: [
      ...legendBox.shapes,
      line([wave.x, wave.y + waveHeight / 2], [wave.x + wave.width, wave.y + waveHeight / 2], 'line'),
      ...waveShapes(analysis.waveform, wave, x),
      ...clips.slice(0, maxMarkers).map(({ startSeconds }) => marker(x(startSeconds), wave.y - 1, 'bad')),
      ...peaks.slice(0, maxMarkers).map(({ startSeconds }) => marker(x(startSeconds), wave.y - 8, 'warn')),
      ...bottomGrid(below, x, ticks, (tick) => timeName(tick, analysis.durationSeconds, speech)),
      ...loudnessShapes(subject, below, x, lufs),
    ],
  };
}

function waveShapes({ low, high, stepSeconds }: ReportSubject['analysis']['waveform'], box: Box, x: Scale): Shape[] {
  // As many columns as can be told apart; each keeps its extremes.
  const factor = Math.max(1, Math.ceil(low.length / (box.width * 1.5)));
  const y = linear([-1, 1], [box.y + box.height, box.y]);
  const columns = Math.ceil(low.length / factor);
  const edge = (values: readonly number[], pick: (...values: number[]) => number): Point[] =>
    Array.from({ length: columns }, (_, column) => [
      x((column + 0.5) * factor * stepSeconds),
      y(pick(...values.slice(column * factor, (column + 1) * factor))),
    ]);
  if (columns < 2) return [];
  return [
    {
      kind: 'path',
      points: [...edge(high, Math.max), ...edge(low, Math.min).reverse()],
      closed: true,
      fill: 'accent-soft',
      stroke: 'accent',
      strokeWidth: 0.6,
    },
  ];
}

/** Lowest loudness that is drawn: all of quiet music fits, and a target at −14 is not squeezed to the top. */
function lowestLufs(integratedLufs: number | null): number {
  return Math.min(-36, Math.floor(((integratedLufs ?? -14) - 22) / 6) * 6);
}

function loudnessScale(integratedLufs: number | null, box: Pick<Box, 'y' | 'height'>): Scale {
  return linear([lowestLufs(integratedLufs), 0], [box.y + box.height, box.y]);
}

function loudnessShapes({ analysis, speech }: ReportSubject, box: Box, x: Scale, targetLevel: number): Shape[] {
  const { integratedLufs } = analysis.loudness;
  const { stepSeconds, momentaryLufs, shortTermLufs } = analysis.series;
  const y = loudnessScale(integratedLufs, box);
  const lowest = lowestLufs(integratedLufs);
  const at = (values: readonly (number | null)[]) =>
    values.map((value, index): Point | null => (value === null ? null : [x((index + 0.5) * stepSeconds), y(value)]));
  const area: Point[] = momentaryLufs.map((value, index) => [x((index + 0.5) * stepSeconds), y(value ?? lowest)]);
  const [first, last] = [area[0], area.at(-1)];
  const bottom = box.y + box.height;
  return [
    ...(first === undefined || last === undefined
      ? []
      : [
          {
            kind: 'path',
            points: [[first[0], bottom], ...area, [last[0], bottom]],
            closed: true,
            fill: 'sunk',
          } satisfies Shape,
        ]),
    ...valueGrid(
      box,
      y,
      steps(lowest, 0, 6).filter((tick) => tick % 12 === 0),
      (tick) => speech.number(tick),
    ),
    label(box.x - 8, box.y - 8, 'LUFS', { anchor: 'end' }),
    ...lines(at(shortTermLufs), { stroke: 'accent', strokeWidth: 1.6 }),
    line([box.x, y(targetLevel)], [box.x + box.width, y(targetLevel)], 'second', { dashes: [5, 4], strokeWidth: 1.4 }),
  ];
}
