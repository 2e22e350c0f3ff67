import type { Preset } from '#processors/shared/image/preset.ts';

/** 1,280 × 720 px, at least 640 px wide, 16:9, under 2 MB, JPG, GIF or PNG. */
export const youtubeThumbnail: Preset = {
  id: 'youtube-thumbnail',
  title: { en: 'YouTube, thumbnail', 'pt-BR': 'YouTube, miniatura' },
  channel: 'YouTube',
  widthPx: 1_280,
  heightPx: 720,
  marginPercent: 6,
  background: '#ffffff',
  format: 'jpeg',
  maxBytes: 2_000_000,
  checks: [
    { code: 'size' },
    { code: 'format', allowed: ['jpeg', 'png'] },
    { code: 'srgb' },
    { code: 'opaque' },
    { code: 'bytes', max: 2_000_000 },
  ],
  source: {
    title: "YouTube's best practices for custom thumbnails, quoted by Simon Web Design",
    url: 'https://simonwebdesign.com/custom-youtube-thumbnail',
    readOn: '2026-11-21',
    note: 'A quotation; the page of YouTube Help (answer 72431) could not be read. The margin is our own.',
  },
};
