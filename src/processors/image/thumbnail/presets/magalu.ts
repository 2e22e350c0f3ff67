import type { Preset } from '#processors/shared/image/preset.ts';

/** As commonly known among sellers: white, square, 1,000 px and more, no text or watermark. Not confirmed here. */
export const magalu: Preset = {
  id: 'magalu',
  title: { en: 'Magalu, main picture', 'pt-BR': 'Magalu, imagem principal' },
  channel: 'Magalu',
  widthPx: 1_200,
  heightPx: 1_200,
  marginPercent: 5,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 2_000_000,
  checks: [
    { code: 'smallest-side', min: 500 },
    { code: 'white-corners' },
    { code: 'white-border', min: 99 },
    { code: 'fill', min: 80 },
    { code: 'format', allowed: ['jpeg', 'png'] },
    { code: 'srgb' },
    { code: 'opaque' },
    { code: 'no-overlay' },
    { code: 'bytes', max: 2_000_000 },
  ],
  source: {
    title: 'Universo Magalu',
    url: 'https://universo.magalu.com',
    readOn: null,
    note: 'All of it is as commonly known; no page with the rule could be read. Check it before relying on it.',
  },
};
