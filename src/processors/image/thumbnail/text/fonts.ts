import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import type { fontNames, fontWeights } from '../params/text.ts';

export type FontName = (typeof fontNames)[number];
export type FontWeight = (typeof fontWeights)[number];

export interface Face {
  readonly font: FontName;
  readonly weight: FontWeight;
}

const weightNames: Readonly<Record<FontWeight, string>> = {
  100: 'Thin',
  200: 'ExtraLight',
  300: 'Light',
  400: 'Regular',
  500: 'Medium',
  600: 'SemiBold',
  700: 'Bold',
  800: 'ExtraBold',
  900: 'Black',
};

const lettersDir = dirname(fileURLToPath(import.meta.resolve('@expo-google-fonts/inter/package.json')));
const emojiDir = dirname(fileURLToPath(import.meta.resolve('@expo-google-fonts/noto-color-emoji/package.json')));

const emojiFamily = 'Esteira Emoji';
/** Heights of capital letters and of the small x in Inter, in shares of the size. */
export const capHeightShare = 0.727;

const registered = new Set<string>();

/** @returns what the canvas calls the letters' font at a size; its file is read when it is first asked for */
export function letterFont({ font, weight }: Face, sizePx: number): string {
  const style = font === 'Inter Italic' ? '_Italic' : '';
  const folder = `${weight}${weightNames[weight]}${style}`;
  // Each file is a family of its own: choosing among weights of one family is then nobody's guess.
  const family = `Esteira ${folder}`;
  register(family, join(lettersDir, folder, `Inter_${folder}.ttf`));
  return `${sizePx}px "${family}"`;
}

export function emojiFont(sizePx: number): string {
  register(emojiFamily, join(emojiDir, '400Regular', 'NotoColorEmoji_400Regular.ttf'));
  return `${sizePx}px "${emojiFamily}"`;
}

/** For measuring alone. */
export function measuringContext(): SKRSContext2D {
  return createCanvas(1, 1).getContext('2d');
}

function register(family: string, path: string): void {
  if (registered.has(family)) return;
  if (GlobalFonts.registerFromPath(path, family) === null) throw new Error(`the font of ${family} cannot be read`);
  registered.add(family);
}
