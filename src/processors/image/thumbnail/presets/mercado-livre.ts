import type { Preset } from '#processors/shared/image/preset.ts';

/**
 * From the documentation for developers: JPG or PNG, RGB, at most 10 MB, 1,200 × 1,200 px advised (larger ones are made
 * smaller), at least 500 × 500 px; the product should take 95 per cent of the space. White behind the main picture is
 * demanded in most categories; that is as commonly known, not confirmed in that page.
 */
export const mercadoLivre: Preset = {
  id: 'mercado-livre',
  title: { en: 'Mercado Livre, main picture', 'pt-BR': 'Mercado Livre, foto de capa' },
  channel: 'Mercado Livre',
  widthPx: 1_200,
  heightPx: 1_200,
  marginPercent: 2,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 10_000_000,
  checks: [
    { code: 'smallest-side', min: 500 },
    { code: 'white-corners' },
    { code: 'white-border', min: 99 },
    { code: 'fill', min: 95 },
    { code: 'format', allowed: ['jpeg', 'png'] },
    { code: 'srgb' },
    { code: 'opaque' },
    { code: 'no-overlay' },
    { code: 'bytes', max: 10_000_000 },
  ],
  source: {
    title: 'Mercado Livre Developers: Imagens nos anúncios',
    url: 'https://developers.mercadolivre.com.br/pt_br/trabalhar-com-imagens',
    readOn: '2026-11-21',
    note: 'White background and no text on the main picture: as commonly known, not confirmed in this page.',
  },
};
