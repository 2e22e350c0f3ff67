import { type Static, Type } from 'typebox';
import { background } from './params/background.ts';
import { closed } from './params/common.ts';
import { logo } from './params/logo.ts';
import { product } from './params/product.ts';
import { text } from './params/text.ts';
import { presets } from './presets/presets.ts';

const maxSidePx = 5_000;
const side = Type.Optional(
  Type.Integer({ minimum: 16, maximum: maxSidePx, description: "Left out: the preset's, or 1,200." }),
);

export const thumbnailParams = Type.Object(
  {
    preset: Type.Enum(['none', ...presets.map(({ id }) => id)], {
      default: 'none',
      description:
        'Rules of a channel: size, margin, background, format, and a check of the result. What is said wins.',
    }),
    canvas: Type.Object(
      { widthPx: side, heightPx: side },
      { ...closed, default: {}, description: 'Exact size of the result.' },
    ),
    background,
    products: Type.Array(product, {
      default: [{}],
      minItems: 1,
      maxItems: 12,
      description: 'What is shown, from back to front. Those without an area share the canvas.',
    }),
    texts: Type.Array(text, { default: [], maxItems: 12, description: 'Prices, badges and other texts.' }),
    logos: Type.Array(logo, { default: [], maxItems: 6, description: 'Logos and watermarks.' }),
    output: Type.Object(
      {
        format: Type.Optional(
          Type.Enum(['jpeg', 'png', 'webp', 'avif'], { description: "Left out: the preset's, or jpeg." }),
        ),
        compression: Type.Integer({
          default: 90,
          minimum: 1,
          maximum: 100,
          description: 'Quality of JPEG, WebP and AVIF files, 1 to 100.',
        }),
        maxBytes: Type.Optional(
          Type.Integer({
            minimum: 1_000,
            maximum: 1_000_000_000,
            description: "Largest file; the quality is lowered until it fits. Left out: the preset's, or none.",
          }),
        ),
      },
      { ...closed, default: {}, description: 'The file.' },
    ),
  },
  closed,
);

export type ThumbnailParams = Static<typeof thumbnailParams>;
