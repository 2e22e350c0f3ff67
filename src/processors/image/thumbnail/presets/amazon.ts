import type { Preset } from '#processors/shared/image/preset.ts';

/**
 * Amazon's help says of main images: pure white behind the product, no shadow at the frame's edges, nothing added. That
 * the product fills 85 per cent, that the longest side has 1,000 px for the zoom (1,600 and more advised, 10,000 at
 * most) and that text and logos are forbidden is told alike by eight guides for sellers, not by a page of Amazon read
 * here (its "Product image guide", G1881, needs a login).
 */
export const amazonMain: Preset = {
  id: 'amazon-main',
  title: { en: 'Amazon, main image', 'pt-BR': 'Amazon, imagem principal' },
  channel: 'Amazon',
  widthPx: 2_000,
  heightPx: 2_000,
  marginPercent: 5,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 10_000_000,
  checks: [
    { code: 'smallest-side', min: 1_000 },
    { code: 'white-corners' },
    { code: 'white-border', min: 99 },
    { code: 'fill', min: 85 },
    { code: 'format', allowed: ['jpeg', 'png'] },
    { code: 'srgb' },
    { code: 'opaque' },
    { code: 'no-overlay' },
    { code: 'bytes', max: 10_000_000 },
  ],
  source: {
    title: 'Amazon Seller Central, Ayuda: fondo de las imágenes principales',
    url: 'https://sellercentral.amazon.es/gp/help/external/help.html?itemID=75PWC4THA8J269P&language=es_ES',
    readOn: '2026-11-21',
    note:
      'The 85 per cent, the sizes and the ban of text are as told by guides for sellers such as ' +
      'https://mercatuslab.com/blog/amazon-product-image-requirements. The limit of 10 MB is as commonly known, not confirmed.',
  },
};
