import { type Static, Type } from 'typebox';
import { anchor, closed, colour, offsets, percent, rotateDegrees } from './common.ts';

/** They come with the program; see text/fonts.ts. */
export const fontNames = ['Inter', 'Inter Italic'] as const;
export const fontWeights = [100, 200, 300, 400, 500, 600, 700, 800, 900] as const;
export const maxTextChars = 500;

const outline = Type.Object(
  {
    colour: colour('Its colour.', '#ffffff'),
    widthPercent: percent("In per cent of the letters' size.", { default: 6, minimum: 0, maximum: 40 }),
  },
  { ...closed, description: 'A line around the letters.' },
);

const box = Type.Object(
  {
    colour: colour('Its colour.', '#d90429'),
    paddingPercent: percent("In per cent of the letters' size.", { default: 35, minimum: 0, maximum: 300 }),
    radiusPercent: percent("Roundness of its corners, in per cent of the letters' size.", {
      default: 30,
      minimum: 0,
      maximum: 500,
    }),
  },
  { ...closed, description: 'A box behind the text.' },
);

/** What is left out of a text. A badge for a discount needs a box; a price needs none. */
export const textDefaults = {
  text: { sizePercent: 5, weight: 600, colour: '#1b1f24', anchor: 'top' },
  price: { sizePercent: 9, weight: 800, colour: '#1b1f24', anchor: 'bottom-left' },
  oldPrice: { sizePercent: 4.5, weight: 500, colour: '#6b7280', anchor: 'bottom-left' },
  discount: {
    sizePercent: 6,
    weight: 800,
    colour: '#ffffff',
    anchor: 'top-right',
    box: { colour: '#d90429', paddingPercent: 35, radiusPercent: 30 },
  },
} as const;

export const text = Type.Object(
  {
    kind: Type.Enum(['text', 'price', 'oldPrice', 'discount'], {
      default: 'text',
      description: 'Decides over what is left out: an old price is struck through, a discount stands in a box.',
    }),
    text: Type.String({
      maxLength: maxTextChars,
      description: 'The text; a line break begins a new line. It is never read as markup. Without any it is left out.',
    }),
    font: Type.Enum([...fontNames], { default: 'Inter', description: 'The typeface. Emoji are always there.' }),
    sizePercent: Type.Optional(
      percent("Size of the letters, in per cent of the canvas's shorter side. Left out: by kind.", {
        minimum: 0.5,
        maximum: 100,
      }),
    ),
    weight: Type.Optional(Type.Enum([...fontWeights], { description: 'From thin to black. Left out: by kind.' })),
    colour: Type.Optional(colour('Left out: by kind.')),
    outline: Type.Optional(outline),
    box: Type.Optional(box),
    anchor: Type.Optional(anchor('Where on the canvas; texts of one place stand below each other. Left out: by kind.')),
    ...offsets('the canvas'),
    maxWidthPercent: percent("Widest line, in per cent of the canvas's width.", {
      default: 92,
      minimum: 1,
      maximum: 100,
    }),
    maxLines: Type.Integer({
      default: 2,
      minimum: 1,
      maximum: 20,
      description: 'Text that needs more is set smaller, down to half its size, and then ends in an ellipsis.',
    }),
    align: Type.Optional(
      Type.Enum(['left', 'centre', 'right'], { description: 'Of its lines. Left out: by its place.' }),
    ),
    rotateDegrees,
  },
  closed,
);

export type TextParams = Static<typeof text>;
