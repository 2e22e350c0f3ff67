import type { Preset } from '#processors/shared/image/preset.ts';

/** PNG or JPEG, at most 10 MB, 2:3 (1,000 × 1,500 px) advised: taller ones may be cut off. */
export const pinterest: Preset = {
  id: 'pinterest',
  title: { en: 'Pinterest, pin', 'pt-BR': 'Pinterest, pin' },
  channel: 'Pinterest',
  widthPx: 1_000,
  heightPx: 1_500,
  marginPercent: 8,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 10_000_000,
  checks: [
    { code: 'size' },
    { code: 'format', allowed: ['jpeg', 'png'] },
    { code: 'srgb' },
    { code: 'bytes', max: 10_000_000 },
  ],
  source: {
    title: 'Pinterest Business: Pinterest product specs',
    url: 'https://business.pinterest.com/en/Pinterest-product-specs',
    readOn: '2026-11-21',
    note: 'Newer guides tell 20 MB; the smaller limit is kept. The margin is our own.',
  },
};
