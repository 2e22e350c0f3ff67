import { type Static, Type } from 'typebox';
import { backgroundChoice, backgroundPattern } from '#processors/shared/image/colour.ts';

/** No side of a WebP or AVIF file can have more than a little above it. */
const maxSidePx = 10_000;

const side = (name: string, other: string) =>
  Type.Integer({
    default: 0,
    minimum: 0,
    maximum: maxSidePx,
    description: `${name} of the result in pixels; 0: as the ${other} and the picture's proportions give it.`,
  });

const focus = (direction: string) =>
  Type.Number({
    default: 50,
    minimum: 0,
    maximum: 100,
    description: `What must stay in view when cover crops, in per cent from the ${direction}.`,
  });

export const resizeParams = Type.Object(
  {
    fit: Type.Enum(['cover', 'contain', 'fill', 'inside', 'outside'], {
      default: 'inside',
      description:
        'How the picture meets the box: cover fills it and crops, contain fits into it with background around, fill ' +
        'stretches, inside is as large as fits in, outside as small as covers it.',
    }),
    widthPx: side('Width', 'height'),
    heightPx: side('Height', 'width'),
    format: Type.Enum(['keep', 'jpeg', 'png', 'webp', 'avif'], {
      default: 'keep',
      description: 'File format of the result. keep: that of the picture; HEIC becomes JPEG, GIF and TIFF become PNG.',
    }),
    compression: Type.Integer({
      default: 80,
      minimum: 1,
      maximum: 100,
      description: 'Quality of JPEG, WebP and AVIF files, 1 to 100.',
    }),
    focalXPercent: focus('left'),
    focalYPercent: focus('top'),
    background: Type.String({
      default: 'transparent',
      pattern: backgroundPattern,
      description: `What is put behind the picture, and around it with contain: ${backgroundChoice}. JPEG has no transparency: white.`,
    }),
    enlarge: Type.Boolean({
      default: false,
      description: 'Also make small pictures larger; else they keep their size.',
    }),
  },
  { additionalProperties: false },
);

export type ResizeParams = Static<typeof resizeParams>;
