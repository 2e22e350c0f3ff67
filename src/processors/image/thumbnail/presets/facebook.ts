import type { Preset } from '#processors/shared/image/preset.ts';

/** Meta advises 1,080 × 1,080 px or more. The file limit is that which a tool for publishing to pages tells. */
export const facebook: Preset = {
  id: 'facebook',
  title: { en: 'Facebook, post', 'pt-BR': 'Facebook, publicação' },
  channel: 'Facebook',
  widthPx: 1_080,
  heightPx: 1_080,
  marginPercent: 8,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 10_000_000,
  checks: [
    { code: 'smallest-side', min: 600 },
    { code: 'format', allowed: ['jpeg', 'png', 'webp'] },
    { code: 'srgb' },
    { code: 'bytes', max: 10_000_000 },
  ],
  source: {
    title: 'Meta for Developers: Media requirements',
    url: 'https://developers.facebook.com/documentation/ads-commerce/instagram/ads-api/reference/media-requirements',
    readOn: '2026-11-21',
    note: 'File size and formats: https://docs.getlate.dev/resources/media-guidelines/facebook. The margin is our own.',
  },
};
