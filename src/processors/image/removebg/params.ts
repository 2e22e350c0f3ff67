import { type Static, Type } from 'typebox';
import { colourNames } from '#processors/shared/image/colour.ts';
import { maskProperties } from '#processors/shared/image/mask-params.ts';

const number = '\\d{1,5}(\\.\\d{1,3})?';
const length = `${number}(px|%)`;
const percent = `${number}%`;

export const removebgParams = Type.Object(
  {
    ...maskProperties,
    maxMegapixels: Type.Number({
      default: 0,
      minimum: 0,
      maximum: 1_000,
      description: 'Larger results are made smaller, to so many megapixels; 0: never.',
    }),
    roi: Type.String({
      default: '0% 0% 100% 100%',
      pattern: `^${length}( ${length}){3}$`,
      description: 'Region of interest, "x1 y1 x2 y2" in px or %: what is outside it is background.',
    }),
    crop: Type.Boolean({ default: false, description: 'Cut off empty borders.' }),
    cropMargin: Type.String({
      default: '0px',
      pattern: `^${length}( ${length}( ${length} ${length})?)?$`,
      description:
        'Free space around a cropped subject, in px or % of it: all sides, or "vertical horizontal", or "top right ' +
        'bottom left". At most half the subject, or 500 px, whichever is less.',
    }),
    scalePercent: Type.Number({
      default: 0,
      minimum: 0,
      maximum: 100,
      description: 'The subject fits into so much of the canvas; 0: as large as it is.',
    }),
    position: Type.String({
      default: 'auto',
      pattern: `^(auto|original|center|${percent}( ${percent})?)$`,
      description:
        'Where the subject stands: original, center, or "horizontal vertical" from 0% to 100%. auto: original, or center when it is scaled.',
    }),
    channels: Type.Enum(['rgba', 'alpha'], { default: 'rgba', description: 'The picture, or its mask alone.' }),
    shadow: Type.Enum(['none', 'drop'], { default: 'none', description: 'A soft shadow below the subject.' }),
    shadowOpacity: Type.Number({ default: 70, minimum: 0, maximum: 100, description: 'Of the shadow, in per cent.' }),
    background: Type.String({
      default: 'transparent',
      pattern: `^(transparent|${colourNames.join('|')}|#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8}))$`,
      description: `What is put behind the subject: transparent, ${colourNames.join(', ')}, or #rgb, #rgba, #rrggbb, #rrggbbaa.`,
    }),
    format: Type.Enum(['auto', 'png', 'jpeg', 'webp', 'zip'], {
      default: 'auto',
      description: 'auto: PNG where something is transparent, else JPEG. zip: color.jpg and alpha.png.',
    }),
  },
  { additionalProperties: false },
);

export type RemovebgParams = Static<typeof removebgParams>;
