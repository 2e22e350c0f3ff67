import type { Preset } from '#processors/shared/image/preset.ts';
import type { Background } from './params/background.ts';
import type { ThumbnailParams } from './params.ts';
import { presetOf } from './presets/presets.ts';

/** What was said, completed with what the preset asks for. */
export interface Settings {
  readonly preset: Preset | undefined;
  readonly widthPx: number;
  readonly heightPx: number;
  /** For products that do not say it. */
  readonly marginPercent: number;
  readonly background: Exclude<Background, { kind: 'preset' }>;
  readonly format: 'jpeg' | 'png' | 'webp' | 'avif';
  readonly compression: number;
  readonly maxBytes: number | undefined;
}

const plainSidePx = 1_200;
const plainMarginPercent = 6;
const plainColour = '#ffffff';

export function settingsOf({ preset: id, canvas, background, output }: ThumbnailParams): Settings {
  const preset = presetOf(id);
  return {
    preset,
    widthPx: canvas.widthPx ?? preset?.widthPx ?? canvas.heightPx ?? plainSidePx,
    heightPx: canvas.heightPx ?? preset?.heightPx ?? canvas.widthPx ?? plainSidePx,
    marginPercent: preset?.marginPercent ?? plainMarginPercent,
    background:
      background.kind === 'preset' ? { kind: 'colour', colour: preset?.background ?? plainColour } : background,
    format: output.format ?? preset?.format ?? 'jpeg',
    compression: output.compression,
    maxBytes: output.maxBytes ?? preset?.maxBytes,
  };
}
