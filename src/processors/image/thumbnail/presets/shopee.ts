import type { Preset } from '#processors/shared/image/preset.ts';

/** As commonly known among sellers: square, 1,024 px advised, JPG or PNG of at most 2 MB. Not confirmed here. */
export const shopee: Preset = {
  id: 'shopee',
  title: { en: 'Shopee, cover', 'pt-BR': 'Shopee, capa' },
  channel: 'Shopee',
  widthPx: 1_024,
  heightPx: 1_024,
  marginPercent: 6,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 2_000_000,
  checks: [
    { code: 'size' },
    { code: 'fill', min: 70 },
    { code: 'format', allowed: ['jpeg', 'png'] },
    { code: 'srgb' },
    { code: 'opaque' },
    { code: 'bytes', max: 2_000_000 },
  ],
  source: {
    title: 'Shopee, Central de Educação ao Vendedor',
    url: 'https://seller.shopee.com.br/edu',
    readOn: null,
    note: 'All of it is as commonly known; no page with the rule could be read. Check it before relying on it.',
  },
};
