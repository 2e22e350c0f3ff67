import type { Speech } from '../../verdicts/words.ts';
import { type Box, label, line, type Shape } from '../drawing.ts';

/** From a value to a place, held inside the box. */
export type Scale = (value: number) => number;

export function linear([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  return (value) => {
    const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
    return start + share * (end - start);
  };
}

export function logarithmic([from, to]: readonly [number, number], range: readonly [number, number]): Scale {
  const scale = linear([Math.log2(from), Math.log2(to)], range);
  return (value) => scale(Math.log2(Math.max(value, from / 2)));
}

const octavesHz = [31.5, 63, 125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

/** Octaves as they are named in music and on equalisers, every second one where there is little room. */
export function frequencyTicks(lengthPx: number, [from, to]: readonly [number, number]): number[] {
  const inside = octavesHz.filter((hz) => hz >= from && hz <= to);
  return lengthPx >= 34 * inside.length ? inside : inside.filter((hz) => [63, 250, 1_000, 4_000, 16_000].includes(hz));
}

export function frequencyName(hz: number, speech: Speech): string {
  return hz >= 1_000 ? `${speech.number(hz / 1_000)}k` : speech.number(hz);
}

const timeStepsSeconds = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];

export function timeTicks(durationSeconds: number, lengthPx: number): number[] {
  const step = timeStepsSeconds.find((seconds) => (durationSeconds / seconds) * 46 <= lengthPx) ?? 7_200;
  return Array.from({ length: Math.floor(durationSeconds / step + 1e-9) + 1 }, (_, index) => index * step);
}

export function timeName(seconds: number, durationSeconds: number, speech: Speech): string {
  return durationSeconds < 10 ? speech.number(seconds) : speech.time(seconds);
}

export function steps(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step + 1e-9) + 1 }, (_, index) => first + index * step);
}

/** Lines across, with the values at the left. */
export function valueGrid(box: Box, y: Scale, ticks: readonly number[], name: (tick: number) => string): Shape[] {
  return ticks.flatMap((tick) => [
    line([box.x, y(tick)], [box.x + box.width, y(tick)], 'line'),
    label(box.x - 8, y(tick) + 4, name(tick), { anchor: 'end' }),
  ]);
}

/** Lines down, with the names below. */
export function bottomGrid(box: Box, x: Scale, ticks: readonly number[], name: (tick: number) => string): Shape[] {
  const bottom = box.y + box.height;
  return ticks.flatMap((tick) => [
    line([x(tick), box.y], [x(tick), bottom], 'line'),
    label(x(tick), bottom + 16, name(tick), { anchor: 'middle' }),
  ]);
}
