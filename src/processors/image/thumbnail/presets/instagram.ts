import type { Preset, PresetCheck, PresetSource } from '#processors/shared/image/preset.ts';

/**
 * Publishing by Instagram's interface takes JPEG of at most 8 MB, 320 to 1,440 px wide, from 4:5 to 1.91:1; stories are
 * 9:16. Read where a tool that publishes there repeats it; Meta's own page could not be read.
 */
const source: PresetSource = {
  title: 'ContentStudio: requirements to publish images directly to Instagram',
  url: 'https://docs.contentstudio.io/article/830-what-are-the-requirements-to-directly-publish-images-and-videos-to-instagram',
  readOn: '2026-11-21',
  note:
    'The pixel sizes are those of https://docs.getlate.dev/resources/media-guidelines/instagram; for stories, keeping 250 px ' +
    'free above and below is advised there and elsewhere. Margins are our own.',
};

const maxBytes = 8_000_000;

const checks: readonly PresetCheck[] = [
  { code: 'size' },
  { code: 'format', allowed: ['jpeg'] },
  { code: 'srgb' },
  { code: 'opaque' },
  { code: 'bytes', max: maxBytes },
];

const common = {
  channel: 'Instagram',
  background: '#ffffff',
  format: 'jpeg',
  maxBytes,
  checks,
  source,
} as const;

export const instagramSquare: Preset = {
  ...common,
  id: 'instagram-square',
  title: { en: 'Instagram, square', 'pt-BR': 'Instagram, quadrado' },
  widthPx: 1_080,
  heightPx: 1_080,
  marginPercent: 8,
};

export const instagramPortrait: Preset = {
  ...common,
  id: 'instagram-portrait',
  title: { en: 'Instagram, portrait', 'pt-BR': 'Instagram, retrato' },
  widthPx: 1_080,
  heightPx: 1_350,
  marginPercent: 8,
};

export const instagramStory: Preset = {
  ...common,
  id: 'instagram-story',
  title: { en: 'Instagram, story', 'pt-BR': 'Instagram, story' },
  widthPx: 1_080,
  heightPx: 1_920,
  marginPercent: 12,
};
