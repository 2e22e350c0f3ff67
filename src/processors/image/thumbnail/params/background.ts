import { type Static, Type } from 'typebox';
import { closed, colour, inputIndex, percent } from './common.ts';

const kind = <K extends string>(name: K, description: string) => Type.Literal(name, { description });
const blur = percent("Blurred, in per cent of the canvas's shorter side.", { default: 0, minimum: 0, maximum: 20 });

const gradientStop = Type.Object(
  {
    colour: colour('Colour at this place.'),
    atPercent: percent('Place: 0 is the start (or the middle), 100 the end.', { minimum: 0, maximum: 100 }),
  },
  closed,
);

export const background = Type.Union(
  [
    Type.Object({ kind: kind('preset', 'What the preset asks for; white without one.') }, closed),
    Type.Object({ kind: kind('colour', 'One colour.'), colour: colour('The colour.', '#ffffff') }, closed),
    Type.Object(
      {
        kind: kind('gradient', 'From colour to colour.'),
        shape: Type.Enum(['linear', 'radial'], {
          default: 'linear',
          description: 'Along a line, or from the middle to the corners.',
        }),
        angleDegrees: Type.Number({
          default: 180,
          minimum: -360,
          maximum: 360,
          description: 'Direction of a linear gradient, as in CSS: 0 upwards, 90 to the right, 180 downwards.',
        }),
        stops: Type.Array(gradientStop, {
          minItems: 2,
          maxItems: 16,
          default: [
            { colour: '#ffffff', atPercent: 0 },
            { colour: '#e4e7eb', atPercent: 100 },
          ],
          description: 'Colours, in the order of their places.',
        }),
      },
      closed,
    ),
    Type.Object(
      {
        kind: kind('image', 'A picture.'),
        input: inputIndex('Which input it is.'),
        fit: Type.Enum(['cover', 'contain', 'tile'], {
          default: 'cover',
          description: 'Fills the canvas, is seen whole, or is repeated at its own size.',
        }),
        colour: colour('What is seen beside and through it.', '#ffffff'),
        blurPercent: blur,
      },
      closed,
    ),
    Type.Object(
      {
        kind: kind('original', "The first product's own photograph, filling the canvas."),
        blurPercent: percent("Blurred, in per cent of the canvas's shorter side.", {
          default: 4,
          minimum: 0,
          maximum: 20,
        }),
      },
      closed,
    ),
    Type.Object({ kind: kind('transparent', 'Nothing. JPEG has no transparency: it gets white.') }, closed),
  ],
  { default: { kind: 'preset' }, description: 'What is behind everything.' },
);

export type Background = Static<typeof background>;
