import { Type } from 'typebox';

/** Where something stands in the room that it has. */
export const anchors = [
  'centre',
  'top',
  'bottom',
  'left',
  'right',
  'top-left',
  'top-right',
  'bottom-left',
  'bottom-right',
] as const;

export type Anchor = (typeof anchors)[number];

export const maxInputs = 24;

export function colour(description: string, byDefault?: string) {
  return Type.String({
    ...(byDefault === undefined ? {} : { default: byDefault }),
    pattern: '^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$',
    description: `${description} #rgb or #rrggbb.`,
  });
}

export function percent(description: string, range: { minimum: number; maximum: number; default?: number }) {
  return Type.Number({ ...range, description });
}

export function inputIndex(description: string) {
  return Type.Integer({ minimum: 0, maximum: maxInputs - 1, description: `${description} Counted from 0.` });
}

export function anchor(description: string, byDefault?: Anchor) {
  return Type.Enum([...anchors], { ...(byDefault === undefined ? {} : { default: byDefault }), description });
}

export function offsets(of: string) {
  const range = { default: 0, minimum: -200, maximum: 200 };
  return {
    offsetXPercent: percent(`Moved to the right, in per cent of ${of}'s width.`, range),
    offsetYPercent: percent(`Moved down, in per cent of ${of}'s height.`, range),
  };
}

export const rotateDegrees = Type.Number({
  default: 0,
  minimum: -360,
  maximum: 360,
  description: 'Turned clockwise.',
});

/** Nothing that is not known is taken. */
export const closed = { additionalProperties: false } as const;
