import type { Preset } from '#processors/shared/image/preset.ts';
import { amazonMain } from './amazon.ts';
import { facebook } from './facebook.ts';
import { googleShopping } from './google-shopping.ts';
import { instagramPortrait, instagramSquare, instagramStory } from './instagram.ts';
import { magalu } from './magalu.ts';
import { mercadoLivre } from './mercado-livre.ts';
import { pinterest } from './pinterest.ts';
import { shopee } from './shopee.ts';
import { whatsappCatalogue } from './whatsapp.ts';
import { youtubeThumbnail } from './youtube.ts';

/** In the order in which people see them. A rule that changes is a change of one file, and of the processor's version. */
export const presets: readonly Preset[] = [
  mercadoLivre,
  shopee,
  amazonMain,
  magalu,
  googleShopping,
  instagramSquare,
  instagramPortrait,
  instagramStory,
  facebook,
  whatsappCatalogue,
  youtubeThumbnail,
  pinterest,
];

export function presetOf(id: string): Preset | undefined {
  return presets.find((preset) => preset.id === id);
}
