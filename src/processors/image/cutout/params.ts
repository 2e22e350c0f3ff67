import { type Static, Type } from 'typebox';
import { backgroundChoice, backgroundPattern } from '#processors/shared/image/colour.ts';
import { maskProperties } from '#processors/shared/image/mask-params.ts';

export const cutoutParams = Type.Object(
  {
    ...maskProperties,
    format: Type.Enum(['png', 'webp', 'avif', 'jpeg'], {
      default: 'png',
      description: 'File format of the result. JPEG has no transparency: white is put behind it.',
    }),
    background: Type.String({
      default: 'transparent',
      pattern: backgroundPattern,
      description: `What is put behind the subject: ${backgroundChoice}.`,
    }),
    maskOnly: Type.Boolean({
      default: false,
      description: 'Give the mask alone: white is subject, black is background.',
    }),
    crop: Type.Boolean({ default: false, description: 'Crop to the subject.' }),
    marginPercent: Type.Number({
      default: 0,
      minimum: 0,
      maximum: 100,
      description: "Free space around a cropped subject, in per cent of the subject's longer side.",
    }),
    compression: Type.Integer({
      default: 90,
      minimum: 1,
      maximum: 100,
      description: 'Quality of JPEG, WebP and AVIF files, 1 to 100.',
    }),
  },
  { additionalProperties: false },
);

export type CutoutParams = Static<typeof cutoutParams>;
