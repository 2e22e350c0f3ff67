/** What a channel asks of its pictures: settings that meet it, and what is measured on the finished picture. */
export interface Preset {
  readonly id: string;
  readonly title: Bilingual;
  /** The channel's own name. */
  readonly channel: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Around the subject, in per cent of the shorter side. */
  readonly marginPercent: number;
  /** `#rrggbb` */
  readonly background: string;
  readonly format: 'jpeg' | 'png' | 'webp';
  readonly maxBytes?: number;
  readonly checks: readonly PresetCheck[];
  readonly source: PresetSource;
}

export interface Bilingual {
  readonly en: string;
  readonly 'pt-BR': string;
}

/** Where the rule is written down. */
export interface PresetSource {
  readonly title: string;
  readonly url: string;
  /** Day on which it was read; null where the rule is as commonly known and its page could not be read. */
  readonly readOn: string | null;
  /** What of the preset is not in the source. */
  readonly note?: string;
}

export type CheckCode =
  | 'size'
  | 'smallest-side'
  | 'white-corners'
  | 'white-border'
  | 'fill'
  | 'bytes'
  | 'format'
  | 'srgb'
  | 'opaque'
  | 'no-overlay';

/** Limits in the unit of the code: pixels, per cent, bytes; none where the code says it all. */
export interface PresetCheck {
  readonly code: CheckCode;
  readonly min?: number;
  readonly max?: number;
  readonly allowed?: readonly string[];
}
