import type { Preset } from '#processors/shared/image/preset.ts';

/**
 * From the help of Merchant Center: at least 500 × 500 px for all products from 31 January 2027 (100, and 250 for
 * clothes, until then), 1,500 × 1,500 px advised, at most 64 megapixels and 16 MB, JPEG and WebP advised; white or
 * transparent behind, the product on 75 to 90 per cent of the picture, no promotional text, no watermark, no border.
 */
export const googleShopping: Preset = {
  id: 'google-shopping',
  title: { en: 'Google Shopping', 'pt-BR': 'Google Shopping' },
  channel: 'Google Merchant Center',
  widthPx: 1_500,
  heightPx: 1_500,
  marginPercent: 6,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 16_000_000,
  checks: [
    { code: 'smallest-side', min: 500 },
    { code: 'white-corners' },
    { code: 'fill', min: 75, max: 90 },
    { code: 'format', allowed: ['jpeg', 'png', 'webp'] },
    { code: 'srgb' },
    { code: 'no-overlay' },
    { code: 'bytes', max: 16_000_000 },
  ],
  source: {
    title: 'Google Merchant Center Help: Image link [image_link]',
    url: 'https://support.google.com/merchants/answer/6324350',
    readOn: '2026-11-21',
  },
};
