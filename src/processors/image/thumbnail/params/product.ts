import { type Static, Type } from 'typebox';
import { maskProperties } from '#processors/shared/image/mask-params.ts';
import { anchor, closed, inputIndex, offsets, percent, rotateDegrees } from './common.ts';

const whole = { leftPercent: 0, topPercent: 0, widthPercent: 100, heightPercent: 100 };

const area = Type.Object(
  {
    leftPercent: percent('Left edge.', { default: whole.leftPercent, minimum: -100, maximum: 200 }),
    topPercent: percent('Upper edge.', { default: whole.topPercent, minimum: -100, maximum: 200 }),
    widthPercent: percent('Width.', { default: whole.widthPercent, minimum: 1, maximum: 300 }),
    heightPercent: percent('Height.', { default: whole.heightPercent, minimum: 1, maximum: 300 }),
  },
  { ...closed, description: 'Part of the canvas, in per cent of its width and height.' },
);

/** What an optional number of a shadow means when it is left out. */
export const shadowDefaults = {
  none: { opacityPercent: 0, softnessPercent: 0, angleDegrees: 90, distancePercent: 0 },
  drop: { opacityPercent: 34, softnessPercent: 3, angleDegrees: 60, distancePercent: 4 },
  contact: { opacityPercent: 60, softnessPercent: 3, angleDegrees: 90, distancePercent: 0 },
  reflection: { opacityPercent: 32, softnessPercent: 0.4, angleDegrees: 90, distancePercent: 0 },
} as const;

function byKind(name: keyof (typeof shadowDefaults)['drop']): string {
  const { drop, contact, reflection } = shadowDefaults;
  return `Left out: ${drop[name]} for drop, ${contact[name]} for contact, ${reflection[name]} for reflection.`;
}

const shadow = Type.Object(
  {
    kind: Type.Enum(['none', 'drop', 'contact', 'reflection'], {
      default: 'none',
      description: 'None; of a light in front; where it touches the ground; mirrored in the ground.',
    }),
    opacityPercent: Type.Optional(percent(`How dark. ${byKind('opacityPercent')}`, { minimum: 0, maximum: 100 })),
    softnessPercent: Type.Optional(
      percent(`How blurred, in per cent of the product's longer side. ${byKind('softnessPercent')}`, {
        minimum: 0,
        maximum: 30,
      }),
    ),
    angleDegrees: Type.Optional(
      Type.Number({
        minimum: -360,
        maximum: 360,
        description: `Where it falls to: 0 to the right, 90 downwards. ${byKind('angleDegrees')}`,
      }),
    ),
    distancePercent: Type.Optional(
      percent(
        "How far it is from the product (below it, for a reflection), in per cent of the product's longer side. " +
          byKind('distancePercent'),
        { minimum: 0, maximum: 100 },
      ),
    ),
  },
  { ...closed, default: {}, description: 'The shadow of the product.' },
);

export const product = Type.Object(
  {
    input: Type.Integer({ ...inputIndex('Which input it is.'), default: 0 }),
    mask: Type.Optional(inputIndex('Which input is its mask, if somebody painted one: white is the product.')),
    cutout: Type.Boolean({
      default: true,
      description: 'Remove its background. Without this the picture is used as it is, transparent where it is so.',
    }),
    ...maskProperties,
    marginPercent: Type.Optional(
      percent("Free space around it, in per cent of its area's shorter side. Left out: the preset's, or 6.", {
        minimum: 0,
        maximum: 45,
      }),
    ),
    anchor: anchor('Where it stands inside the margin.', 'centre'),
    ...offsets('its area'),
    scalePercent: percent('100 fits it into its area.', { default: 100, minimum: 1, maximum: 500 }),
    rotateDegrees,
    mirror: Type.Boolean({ default: false, description: 'Left and right exchanged.' }),
    area: Type.Optional(area),
    shadow,
  },
  closed,
);

export type ProductParams = Static<typeof product>;
export type AreaParams = Static<typeof area>;
export type ShadowParams = Static<typeof shadow>;
