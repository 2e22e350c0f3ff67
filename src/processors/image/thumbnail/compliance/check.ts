import type { Bilingual, CheckCode, Preset, PresetCheck } from '#processors/shared/image/preset.ts';
import type { Measured } from './measure.ts';
import { sentence } from './sentences.ts';

/** One rule, held against the finished picture. */
export interface CheckResult {
  readonly code: CheckCode;
  readonly passed: boolean;
  readonly measured: number | string;
  readonly limit: number | string;
  readonly unit: 'px' | '%' | 'bytes' | '0-255' | '';
  readonly text: Bilingual;
}

export interface Compliance {
  readonly preset: string;
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
}

/** What of the parameters a rule may forbid, since no picture says that it has text on it. */
export interface Overlays {
  readonly texts: number;
  readonly logos: number;
}

type Verdict = Omit<CheckResult, 'code' | 'text'>;

/** Holds a finished picture against the rules of its preset. */
export function checkCompliance(preset: Preset, measured: Measured, overlays: Overlays): Compliance {
  const checks = preset.checks.map((check) => {
    const verdict = judge(check, preset, measured, overlays);
    return { code: check.code, ...verdict, text: sentence(check.code, verdict) };
  });
  return { preset: preset.id, passed: checks.every(({ passed }) => passed), checks };
}

function judge(
  { code, min, max, allowed = [] }: PresetCheck,
  preset: Preset,
  measured: Measured,
  overlays: Overlays,
): Verdict {
  const within = (value: number, unit: CheckResult['unit']): Verdict => {
    const passed = (min === undefined || value >= min) && (max === undefined || value <= max);
    const limit = min !== undefined && max !== undefined ? `${min}–${max}` : (min ?? max ?? 0);
    return { passed, measured: value, limit, unit };
  };
  const equal = (value: number | string, limit: number | string, unit: CheckResult['unit'] = ''): Verdict => ({
    passed: value === limit,
    measured: value,
    limit,
    unit,
  });
  switch (code) {
    case 'size':
      return equal(`${measured.widthPx} × ${measured.heightPx}`, `${preset.widthPx} × ${preset.heightPx}`, 'px');
    case 'smallest-side':
      return within(Math.min(measured.widthPx, measured.heightPx), 'px');
    case 'white-corners':
      return equal(measured.darkestCorner, 255, '0-255');
    case 'white-border':
      return within(round(measured.whiteBorderPercent), '%');
    case 'fill':
      return within(round(measured.fillPercent), '%');
    case 'bytes':
      return within(measured.sizeBytes, 'bytes');
    case 'format':
      return {
        passed: allowed.includes(measured.format),
        measured: measured.format,
        limit: allowed.join(', '),
        unit: '',
      };
    case 'srgb':
      return equal(measured.srgb ? 'sRGB' : 'other', 'sRGB');
    case 'opaque':
      return equal(measured.hasAlpha ? 'transparent' : 'opaque', 'opaque');
    case 'no-overlay':
      return equal(overlays.texts + overlays.logos, 0);
  }
}

/** In tenths, never rounded over a limit of whole numbers. */
function round(percent: number): number {
  return Math.floor(percent * 10) / 10;
}
