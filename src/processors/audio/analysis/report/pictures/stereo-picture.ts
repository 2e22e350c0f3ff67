import type { Stereo } from '../../analysis.ts';
import { type Box, label, line, lines, type Picture, type Point, rect, type Shape } from '../drawing.ts';
import type { ReportSubject } from '../report-options.ts';
import { bottomGrid, linear, timeName, timeTicks, valueGrid } from './scales.ts';

const gutter = 44;
const namesWidth = 84;
const rowHeight = 24;
const correlationHeight = 110;
const correlationNameWidth = 44;

/** How wide each of the six regions is, and the correlation over time; nothing for a recording of one channel. */
export function stereoPicture(subject: ReportSubject, stereo: Stereo, width: number): Picture {
  const { analysis, phrases, speech } = subject;
  const bars: Box = {
    x: namesWidth,
    y: 22,
    width: width - namesWidth - correlationNameWidth - 10,
    height: rowHeight * stereo.bands.length,
  };
  const below: Box = { x: gutter, y: bars.y + bars.height + 56, width: width - gutter - 18, height: correlationHeight };
  const x = linear([0, 100], [bars.x, bars.x + bars.width]);
  const time = linear([0, analysis.durationSeconds], [below.x, below.x + below.width]);
  const y = linear([-1, 1], [below.y + below.height, below.y]);
  const { correlation, stepSeconds } = analysis.series;
  return {
    width,
    height: below.y + below.height + 24,
    shapes: [
      label(bars.x, 10, phrases.width, { bold: true, fill: 'ink' }),
      label(width - 10, 10, phrases.correlation, { anchor: 'end', bold: true, fill: 'ink' }),
      ...bottomGrid(bars, x, [0, 25, 50, 75, 100], (tick) => speech.percent(tick)),
      ...stereo.bands.flatMap((band, index): Shape[] => {
        const top = bars.y + index * rowHeight;
        return [
          label(bars.x - 8, top + 16, phrases.regions[band.name], { anchor: 'end' }),
          ...(band.widthPercent === null
            ? []
            : [
                rect(
                  { x: bars.x, y: top + 5, width: Math.max(1, x(band.widthPercent) - bars.x), height: 14 },
                  'accent',
                  { radius: 2 },
                ),
              ]),
          ...(band.correlation === null
            ? []
            : [
                label(width - 10, top + 16, speech.correlation(band.correlation), {
                  anchor: 'end',
                  fill: band.correlation < 0 ? 'bad' : 'ink',
                }),
              ]),
        ];
      }),
      label(below.x, below.y - 10, phrases.correlation, { bold: true, fill: 'ink' }),
      rect({ ...below, y: y(0), height: below.y + below.height - y(0) }, 'sunk'),
      ...valueGrid(below, y, [-1, -0.5, 0, 0.5, 1], (tick) => speech.signed(tick)),
      ...bottomGrid(below, time, timeTicks(analysis.durationSeconds, below.width), (tick) =>
        timeName(tick, analysis.durationSeconds, speech),
      ),
      line([below.x, y(0)], [below.x + below.width, y(0)], 'soft'),
      ...lines(
        correlation.map((value, index): Point | null =>
          value === null ? null : [time((index + 0.5) * stepSeconds), y(value)],
        ),
        { stroke: 'accent', strokeWidth: 1.4 },
      ),
    ],
  };
}
