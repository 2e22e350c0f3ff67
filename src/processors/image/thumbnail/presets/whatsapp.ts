import type { Preset } from '#processors/shared/image/preset.ts';

/** A catalogue picture has at least 500 × 500 px and at most 8 MB, JPEG or PNG; shown square. */
export const whatsappCatalogue: Preset = {
  id: 'whatsapp-catalogue',
  title: { en: 'WhatsApp, catalogue', 'pt-BR': 'WhatsApp, catálogo' },
  channel: 'WhatsApp Business',
  widthPx: 1_080,
  heightPx: 1_080,
  marginPercent: 7,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 5_000_000,
  checks: [
    { code: 'smallest-side', min: 500 },
    { code: 'format', allowed: ['jpeg', 'png'] },
    { code: 'srgb' },
    { code: 'opaque' },
    { code: 'bytes', max: 8_000_000 },
  ],
  source: {
    title: 'Exotel: WhatsApp Catalog',
    url: 'https://developer.exotel.com/docs/whatsapp-support/catalog',
    readOn: '2026-11-21',
    note: "A partner's documentation; Meta's own page could not be read. Transparency turns black there, so it is refused.",
  },
};
