import { type Static, Type } from 'typebox';
import { anchor, closed, inputIndex, offsets, percent } from './common.ts';

export const logo = Type.Object(
  {
    input: inputIndex('Which input it is.'),
    anchor: anchor('Where on the canvas.', 'bottom-right'),
    ...offsets('the canvas'),
    widthPercent: percent("Width, in per cent of the canvas's width.", { default: 18, minimum: 1, maximum: 100 }),
    opacityPercent: percent('100 covers what is behind it.', { default: 100, minimum: 1, maximum: 100 }),
    tile: Type.Boolean({ default: false, description: 'Repeated over the whole canvas, as a watermark.' }),
  },
  closed,
);

export type LogoParams = Static<typeof logo>;
