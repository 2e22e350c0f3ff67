import { between, type Random } from '../random.ts';
import { type Colour, length } from './canvas.ts';
import { type Field, noiseFrom } from './noise.ts';

/** Three numbers for each point: what is behind. */
export type Backdrop = (x: number, y: number) => Colour;

/** One of the busy ones, around a hue in degrees. */
export function busyBackdrop(random: Random, hue: number): Backdrop {
  const makers = [cloudy, striped, graded, blobs];
  return (makers[Math.floor(random() * makers.length)] ?? cloudy)(random, hue);
}

/** A sweep of white paper, with the soft shadow of what stands on it. */
export function whitePaper(random: Random, footY: number): Backdrop {
  return paper(random, 252, footY, 0.35);
}

/** The grey that a white product is photographed on when nobody corrects the exposure. */
export function greyPaper(random: Random, footY: number): Backdrop {
  return paper(random, 232, footY, 0.12);
}

function paper(random: Random, brightness: number, footY: number, shadow: number): Backdrop {
  const grain = noiseFrom(random);
  return (x, y) => {
    const dark = shadow * Math.exp(-((x / 0.6) ** 2) - ((y - footY) / 0.09) ** 2);
    const value = brightness * (1 - dark) - 5 * Math.max(0, y) + 2 * (grain(x * 180, y * 180) - 0.5);
    return [value, value, value];
  };
}

function cloudy(random: Random, hue: number): Backdrop {
  const mix = fractal(random);
  const [dark, light] = [colourOf(hue, 0.7, 0.3), colourOf(hue + between(random, -60, 60), 0.5, 0.9)];
  return (x, y) => mixed(dark, light, mix(x * 3, y * 3));
}

function striped(random: Random, hue: number): Backdrop {
  const grain = fractal(random);
  const angle = between(random, 0, Math.PI);
  const [across, down, perUnit] = [Math.cos(angle), Math.sin(angle), between(random, 14, 40)];
  const [dark, light] = [colourOf(hue, 0.8, 0.45), colourOf(hue + 40, 0.35, 0.85)];
  return (x, y) => {
    const wave = 0.5 + 0.5 * Math.sin((x * across + y * down) * perUnit);
    return mixed(dark, light, 0.7 * wave + 0.3 * grain(x * 6, y * 6));
  };
}

function graded(random: Random, hue: number): Backdrop {
  const grain = noiseFrom(random);
  const [top, bottom] = [colourOf(hue, 0.4, 0.9), colourOf(hue + 50, 0.6, 0.4)];
  return (x, y) => mixed(top, bottom, 0.5 + 0.4 * y + 0.15 * x + 0.04 * (grain(x * 150, y * 150) - 0.5));
}

function blobs(random: Random, hue: number): Backdrop {
  const base = cloudy(random, hue);
  const lights = Array.from({ length: 14 }, () => ({
    x: between(random, -1.4, 1.4),
    y: between(random, -1.1, 1.1),
    radius: between(random, 0.06, 0.3),
    colour: colourOf(hue + between(random, -70, 70), 0.95, between(random, 0.6, 1)),
  }));
  return (x, y) => {
    let colour = base(x, y);
    for (const light of lights) {
      const inside = 1 - length(x - light.x, y - light.y) / light.radius;
      if (inside > 0) colour = mixed(colour, light.colour, Math.min(0.85, inside * 12));
    }
    return colour;
  };
}

/** Noise on three scales, 0…1. */
export function fractal(random: Random): Field {
  const noise = noiseFrom(random);
  return (x, y) => 0.55 * noise(x, y) + 0.3 * noise(x * 3.1 + 7, y * 3.1) + 0.15 * noise(x * 19.7, y * 19.7 + 5);
}

/** @param hue degrees @param saturation 0…1 @param value 0…1 */
export function colourOf(hue: number, saturation: number, value: number): Colour {
  const channel = (offset: number): number => {
    const sector = (((offset + hue / 60) % 6) + 6) % 6;
    return 255 * value * (1 - saturation * Math.max(0, Math.min(sector, 4 - sector, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

function mixed(from: Colour, to: Colour, share: number): Colour {
  const held = Math.min(1, Math.max(0, share));
  return [from[0] + (to[0] - from[0]) * held, from[1] + (to[1] - from[1]) * held, from[2] + (to[2] - from[2]) * held];
}
