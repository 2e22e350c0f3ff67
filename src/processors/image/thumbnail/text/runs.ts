import type { SKRSContext2D } from '@napi-rs/canvas';
import { emojiFont, type Face, letterFont } from './fonts.ts';

/** A piece of a line that is drawn with one font. */
export interface Run {
  readonly text: string;
  readonly emoji: boolean;
}

/** Emoji as people see them: families, flags, skin tones and hearts with their selector are one each. */
const emojiPattern = /\p{RGI_Emoji}+/v;

/** Letters and emoji apart: letters' fonts have black hearts and arrows of their own, which would be taken. */
export function runsOf(line: string): readonly Run[] {
  const runs: Run[] = [];
  let rest = line;
  while (rest !== '') {
    const found = emojiPattern.exec(rest);
    const letters = found === null ? rest : rest.slice(0, found.index);
    if (letters !== '') runs.push({ text: letters, emoji: false });
    if (found === null) break;
    runs.push({ text: found[0], emoji: true });
    rest = rest.slice(found.index + found[0].length);
  }
  return runs;
}

/** @returns its advance in pixels */
export function widthOf(context: SKRSContext2D, line: string, face: Face, sizePx: number): number {
  return runsOf(line).reduce((sum, run) => sum + widthOfRun(context, run, face, sizePx), 0);
}

export function widthOfRun(context: SKRSContext2D, { text, emoji }: Run, face: Face, sizePx: number): number {
  context.font = emoji ? emojiFont(sizePx * emojiScale) : letterFont(face, sizePx);
  return context.measureText(text).width;
}

/** Emoji fill their square, letters do not: at one size an emoji looks too large. */
export const emojiScale = 0.86;
