import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Face } from './fonts.ts';
import { widthOf } from './runs.ts';

export interface TextLayout {
  readonly lines: readonly string[];
  /** What the letters came down to. */
  readonly sizePx: number;
  readonly widthPx: number;
}

export interface TextRoom {
  readonly face: Face;
  readonly sizePx: number;
  readonly maxWidthPx: number;
  readonly maxLines: number;
}

/** Smaller than this share of what was asked for, a text is no longer what was asked for. */
const smallestShare = 0.5;
const shrinkSteps = 7;
const ellipsis = '…';

/**
 * Breaks a text into lines. What does not fit is set smaller, down to half its size; what does not fit then ends in an
 * ellipsis.
 */
export function layOut(
  context: SKRSContext2D,
  text: string,
  { face, sizePx, maxWidthPx, maxLines }: TextRoom,
): TextLayout {
  const clean = text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\S\n]+/g, ' ')
    .trim();
  const measure = (size: number) => (line: string) => widthOf(context, line, face, size);
  const at = (size: number) => {
    const lines = wrap(clean, maxWidthPx, measure(size));
    return lines.length <= maxLines && lines.every((line) => measure(size)(line) <= maxWidthPx) ? lines : undefined;
  };
  let fitting = { size: sizePx, lines: at(sizePx) };
  if (fitting.lines === undefined) {
    let [low, high] = [sizePx * smallestShare, sizePx];
    fitting = { size: low, lines: at(low) };
    for (let step = 0; step < shrinkSteps && fitting.lines !== undefined; step++) {
      const middle = (low + high) / 2;
      const lines = at(middle);
      if (lines === undefined) high = middle;
      else [low, fitting] = [middle, { size: middle, lines }];
    }
  }
  const width = measure(fitting.size);
  const lines = fitting.lines ?? cutOff(clean, maxWidthPx, maxLines, width);
  return { lines, sizePx: fitting.size, widthPx: Math.max(...lines.map(width)) };
}

type Width = (line: string) => number;

/** Between words; a word that is too long stays too long. */
function wrap(text: string, maxWidthPx: number, width: Width): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.trim().split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && width(longer) > maxWidthPx) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  });
}

/** Between words, and within those that are longer than a line; the last line says that there was more. */
function cutOff(text: string, maxWidthPx: number, maxLines: number, width: Width): string[] {
  const lines: string[] = [];
  for (const line of wrap(text, maxWidthPx, width)) {
    let rest = line;
    while (width(rest) > maxWidthPx && lines.length < maxLines) {
      const part = longestPart(rest, maxWidthPx, width, '');
      lines.push(part);
      rest = rest.slice(part.length);
    }
    lines.push(rest);
    if (lines.length > maxLines) break;
  }
  if (lines.length <= maxLines) return lines;
  const last = lines.slice(maxLines - 1).join(' ');
  return [...lines.slice(0, maxLines - 1), longestPart(last, maxWidthPx, width, ellipsis).trimEnd() + ellipsis];
}

/** As many whole characters as fit, but one at least. */
function longestPart(text: string, maxWidthPx: number, width: Width, ending: string): string {
  const characters = [...new Intl.Segmenter('pt-BR').segment(text)].map(({ segment }) => segment);
  let [fits, tooMany] = [1, characters.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (width(characters.slice(0, middle).join('') + ending) <= maxWidthPx) fits = middle;
    else tooMany = middle;
  }
  return characters.slice(0, fits).join('');
}
