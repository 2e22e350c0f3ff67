import { between, type Random } from '../random.ts';
import { colourOf, fractal } from './backdrops.ts';
import { type Canvas, type Colour, fill, type Material, type Point, stroke } from './canvas.ts';
import type { Field } from './noise.ts';
import { ballLight, ellipse, lathed, leaf, ring, roundedBox, union, without } from './shapes.ts';

/** Draws one object into the middle. @param hue its colour, degrees */
export type Draw = (canvas: Canvas, random: Random, hue: number) => void;

const origin: Point = { x: 0, y: 0 };

/** A bottle, out of focus at its edge by several pixels. */
export const drawBottle: Draw = (canvas, random, hue) => {
  const softnessPx = between(random, 5, 10);
  const { shape, light } = lathed([
    [-0.78, 0.1],
    [-0.5, 0.11],
    [-0.22, between(random, 0.24, 0.34)],
    [0.76, between(random, 0.26, 0.36)],
  ]);
  fill(canvas, shape, textured(random, colourOf(hue, 0.75, 0.75), light), softnessPx);
  fill(canvas, roundedBox({ x: 0, y: -0.79 }, 0.12, 0.06, 0.03), lit(colourOf(hue + 20, 0.6, 0.35), light), softnessPx);
  const label = roundedBox({ x: 0, y: 0.25 }, 0.22, 0.2, 0.02);
  fill(canvas, label, lit(colourOf(hue + 60, 0.25, 0.95), light), 2);
  fill(canvas, ellipse({ x: 0, y: 0.25 }, 0.1, 0.1), lit(colourOf(hue, 0.8, 0.6), light), 2);
};

/** A furry ball with two eyes: antialiased hairs, 0.7 to 2 pixels wide, curl away from it. */
export const drawFurry: Draw = (canvas, random, hue) => {
  const radius = between(random, 0.42, 0.5);
  const light = ballLight(origin, radius * 1.35);
  const hairs = Math.round(between(random, 500, 700));
  const fur = colourOf(hue, 0.55, 0.75);
  for (let hair = 0; hair < hairs; hair++) {
    const angle = between(random, 0, 2 * Math.PI);
    const [length, curl] = [between(random, 0.08, 0.26), between(random, -0.9, 0.9)];
    const points = Array.from({ length: 9 }, (_, at) => {
      const out = radius * 0.93 + (length * at) / 8;
      const turned = angle + curl * ((length * at) / 8) ** 2 * 8;
      return { x: out * Math.cos(turned), y: out * Math.sin(turned) };
    });
    const tone = between(random, 0.75, 1.25);
    stroke(canvas, points, { colour: fur, shade: (x, y) => tone * light(x, y) }, between(random, 1.2, 2), 0.7);
  }
  fill(canvas, ellipse(origin, radius, radius), textured(random, fur, light), 2.5);
  for (const x of [-0.16, 0.16]) {
    const eye = { x, y: -0.1 };
    fill(
      canvas,
      ellipse(eye, 0.075, 0.085),
      lit([250, 250, 250], () => 1),
    );
    fill(
      canvas,
      ellipse({ x: x + 0.015, y: -0.08 }, 0.04, 0.045),
      lit([15, 15, 20], () => 1),
    );
  }
  fill(
    canvas,
    ellipse({ x: 0, y: 0.08 }, 0.05, 0.035),
    lit([60, 20, 25], () => 1),
  );
};

/** A basket: a lattice with holes right through it, and a handle around nothing. */
export const drawBasket: Draw = (canvas, random, hue) => {
  const { shape, light } = lathed([
    [0, 0.62],
    [0.7, 0.44],
  ]);
  const pitch = between(random, 0.13, 0.17);
  const hole = (x: number, y: number): number => {
    const right = Math.abs(mod(x, pitch) - pitch / 2) - pitch * 0.32;
    const below = Math.abs(mod(y - 0.06, pitch) - pitch / 2) - pitch * 0.3;
    return Math.max(right, below, Math.abs(x) - 0.42, 0.08 - y, y - 0.6);
  };
  const wicker = textured(random, colourOf(hue, 0.65, 0.8), light);
  const handle = without(ring(origin, 0.55, 0.72, 0.09), (_, y) => -y);
  fill(canvas, handle, wicker, 1.5);
  fill(canvas, without(shape, hole), wicker, 1.5);
  fill(canvas, roundedBox({ x: 0, y: 0.01 }, 0.66, 0.05, 0.05), lit(colourOf(hue, 0.7, 0.65), light), 1.5);
};

/** A drinking glass: clear sides that the background shows through, a rim, a foot and juice in it. */
export const drawGlass: Draw = (canvas, random, hue) => {
  const { shape, light } = lathed([
    [-0.7, 0.4],
    [0.7, 0.28],
  ]);
  const clear = between(random, 0.18, 0.32);
  const pane = lit([225, 238, 242], light);
  fill(canvas, shape, pane, 1.5, (x) => clear + 0.5 * Math.min(1, (x / 0.42) ** 4));
  const level = between(random, -0.1, 0.2);
  const juice: Field = (x, y) => Math.max(shape(x, y) + 0.035, level - y, y - 0.6);
  fill(canvas, juice, textured(random, colourOf(hue, 0.85, 0.85), light), 1.5, between(random, 0.7, 0.85));
  fill(canvas, roundedBox({ x: 0, y: 0.66 }, 0.27, 0.05, 0.03), lit([200, 215, 220], light), 1.5, 0.8);
  fill(
    canvas,
    ring({ x: 0, y: -0.7 }, 0.39, 0.05, 0.02),
    lit([245, 250, 250], () => 1),
    1.5,
    0.9,
  );
};

/** A potted plant of long thin leaves on thin stems. */
export const drawPlant: Draw = (canvas, random, hue) => {
  const stalks = Math.round(between(random, 22, 32));
  for (let stalk = 0; stalk < stalks; stalk++) {
    const angle = between(random, -2.75, -0.4);
    const length = between(random, 0.45, 0.95);
    const root = { x: between(random, -0.12, 0.12), y: 0.3 };
    const tip = { x: root.x + length * Math.cos(angle), y: root.y + length * Math.sin(angle) };
    const middle = { x: root.x + 0.35 * (tip.x - root.x), y: root.y + 0.45 * (tip.y - root.y) };
    const tone = between(random, 0.6, 1.1);
    const green: Material = { colour: colourOf(hue, 0.75, 0.7), shade: (x) => tone * (1 - 0.2 * x) };
    stroke(canvas, [root, middle, tip], green, 2, 1);
    fill(canvas, leaf(middle, tip, between(random, 0.015, 0.05)), green);
  }
  const { shape, light } = lathed([
    [0.27, 0.3],
    [0.8, 0.2],
  ]);
  fill(canvas, shape, textured(random, colourOf(hue + 250, 0.6, 0.75), light), 1.5);
};

/** A shoe-like body: a rounded upper on a sole, with laces and a stripe. */
export const drawShoe: Draw = (canvas, random, hue) => {
  const light = ballLight({ x: -0.1, y: 0.1 }, 1);
  const upper = union(
    ellipse({ x: -0.35, y: 0.02 }, 0.36, 0.4),
    ellipse({ x: 0.3, y: 0.22 }, 0.5, 0.24),
    roundedBox({ x: 0, y: 0.22 }, 0.6, 0.2, 0.15),
  );
  const ground: Field = (_, y) => 0.42 - y;
  fill(canvas, without(upper, ground), textured(random, colourOf(hue, 0.8, 0.75), light), 1.5);
  fill(canvas, roundedBox({ x: 0.03, y: 0.43 }, 0.76, 0.07, 0.06), lit(colourOf(hue + 30, 0.15, 0.6), light), 1.5);
  for (let lace = 0; lace < 5; lace++) {
    const x = -0.12 + lace * 0.09;
    const ends = [
      { x, y: -0.06 + lace * 0.035 },
      { x: x + 0.13, y: 0.1 + lace * 0.03 },
    ];
    stroke(
      canvas,
      ends,
      lit(colourOf(hue + 180, 0.1, 0.95), () => 1),
      6,
    );
  }
  fill(canvas, leaf({ x: -0.55, y: 0.3 }, { x: 0.25, y: 0.15 }, 0.12), lit(colourOf(hue + 180, 0.6, 0.9), light), 1.5);
};

/** A white mug with its handle. */
export const drawWhiteMug: Draw = (canvas) => {
  const white: Colour = [248, 248, 246];
  const { shape, light } = lathed([
    [-0.5, 0.42],
    [0.4, 0.42],
    [0.55, 0.34],
  ]);
  // Paler than its surroundings on the lit side, a little darker on the other: as hard as it gets.
  const pale: Field = (x, y) => 0.86 + 0.14 * light(x, y);
  fill(
    canvas,
    ring({ x: 0.45, y: 0 }, 0.2, 0.27, 0.1),
    lit(white, () => 0.93),
    1.5,
  );
  fill(canvas, shape, { colour: white, shade: pale }, 1.5);
  fill(
    canvas,
    ellipse({ x: 0, y: -0.5 }, 0.41, 0.07),
    lit([205, 203, 200], () => 1),
    1.5,
  );
  fill(
    canvas,
    ellipse({ x: 0, y: -0.485 }, 0.38, 0.052),
    lit([92, 58, 38], () => 1),
    1.5,
  );
};

/** A vase with flowers, drawn in ink: nothing but lines. */
export const drawLines: Draw = (canvas, random, hue) => {
  const ink = lit(colourOf(hue, 0.8, 0.22), () => 1);
  const widthPx = between(random, 2, 4);
  const vase = (side: number): Point[] =>
    Array.from({ length: 25 }, (_, at) => ({
      x: side * (0.24 + 0.13 * Math.sin((at / 24) * Math.PI * 1.4 - 0.6)),
      y: 0.05 + (0.75 * at) / 24,
    }));
  for (const side of [-1, 1]) stroke(canvas, vase(side), ink, widthPx);
  for (const y of [0.05, 0.3, 0.34, 0.8]) stroke(canvas, circle({ x: 0, y }, 0.2, 0.03), ink, widthPx);
  for (let flower = 0; flower < 5; flower++) {
    const head = { x: -0.5 + flower * 0.25, y: between(random, -0.7, -0.4) };
    stroke(canvas, [{ x: head.x * 0.2, y: 0.05 }, { x: head.x * 0.6, y: -0.2 }, head], ink, widthPx, 1);
    for (let petal = 0; petal < 6; petal++) {
      const angle = (petal * Math.PI) / 3;
      const middle = { x: head.x + 0.075 * Math.cos(angle), y: head.y + 0.075 * Math.sin(angle) };
      stroke(canvas, circle(middle, 0.04, 0.04), ink, widthPx * 0.6);
    }
  }
};

function circle(centre: Point, radiusX: number, radiusY: number): Point[] {
  return Array.from({ length: 33 }, (_, at) => ({
    x: centre.x + radiusX * Math.cos((at * Math.PI) / 16),
    y: centre.y + radiusY * Math.sin((at * Math.PI) / 16),
  }));
}

function lit(colour: Colour, shade: Field): Material {
  return { colour, shade };
}

function textured(random: Random, colour: Colour, light: Field): Material {
  const grain = fractal(random);
  return { colour, shade: (x, y) => light(x, y) * (0.82 + 0.36 * grain(x * 9, y * 9)) };
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
