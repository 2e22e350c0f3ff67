import type { Anchor } from '../params/common.ts';
import { type TextParams, textDefaults } from '../params/text.ts';
import type { Face } from './fonts.ts';

/** A text with nothing left open, in pixels where the canvas decides over them. */
export interface TextStyle {
  readonly face: Face;
  readonly sizePx: number;
  readonly colour: string;
  readonly struckThrough: boolean;
  readonly outline: TextParams['outline'];
  readonly box: TextParams['box'];
  readonly anchor: Anchor;
  readonly align: 'left' | 'centre' | 'right';
}

export function styleOf(params: TextParams, shorterSidePx: number): TextStyle {
  const byKind: Partial<TextParams> = textDefaults[params.kind];
  const { sizePercent = 5, weight = 600, colour = '#000000', anchor = 'top', box } = { ...byKind, ...params };
  return {
    face: { font: params.font, weight },
    sizePx: Math.max(1, (sizePercent / 100) * shorterSidePx),
    colour,
    struckThrough: params.kind === 'oldPrice',
    outline: params.outline,
    box,
    anchor,
    align: params.align ?? alignOf(anchor),
  };
}

function alignOf(anchor: Anchor): TextStyle['align'] {
  return anchor.endsWith('left') ? 'left' : anchor.endsWith('right') ? 'right' : 'centre';
}
