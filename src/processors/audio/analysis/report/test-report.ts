import { encodeIndexedPng } from '#processors/shared/audio/png.ts';
import { magma } from '#processors/shared/audio/spectrogram/palette.ts';
import type { Judged, Measured } from '../analysis.ts';
import type { Spectrogram } from '../spectrum/spectrogram.ts';
import { judge } from '../verdicts/judge.ts';
import { measuredOf, tilted } from '../verdicts/test-measured.ts';
import type { ReportOptions } from './report-options.ts';

/** What a test of reports hands in, unless it says otherwise. */
export function optionsOf(overrides: Partial<ReportOptions> = {}): ReportOptions {
  return {
    language: 'en',
    title: 'Madrugada',
    target: 'spotify',
    genre: 'pop',
    spectrogram: spectrogramOf(),
    ...overrides,
  };
}

export function analysisOf(
  measured: Measured = measuredOf(),
  { target, genre }: Pick<ReportOptions, 'target' | 'genre'> = optionsOf(),
  reference?: Measured,
): Judged {
  return { ...measured, ...judge(measured, { target, genre }, reference) };
}

/** A master with something of everything to say, beside a reference. */
export function troubledAnalysis(): Judged {
  const at = (startSeconds: number) => ({ startSeconds, endSeconds: startSeconds + 0.01, channel: 0 });
  const measured = measuredOf({
    loudness: {
      integratedLufs: -8.3,
      truePeakDbtp: 0.6,
      plrDb: 6.2,
      peaks: [70, 95].map((time) => ({ ...at(time), dbtp: 0.4 })),
    },
    dynamics: { clippedSamples: 4_812, clips: [62, 131].map((time) => ({ ...at(time), samples: 9 })) },
    stereo: { inversions: [{ startSeconds: 30, endSeconds: 33, correlation: -0.4 }] },
    spectrum: { thirdOctaveDb: tilted({ sub: 9, mid: -5 }) },
  });
  const reference = measuredOf({ loudness: { integratedLufs: -10 }, spectrum: { thirdOctaveDb: tilted({ bass: 3 }) } });
  return analysisOf(measured, optionsOf(), reference);
}

function spectrogramOf(): Spectrogram {
  const [columns, rows] = [160, 64];
  const levels = Uint8Array.from(
    { length: columns * rows },
    (_, index) => (index * 7 + Math.floor(index / columns) * 3) % 256,
  );
  return {
    png: encodeIndexedPng(columns, rows, levels, magma()),
    columns,
    rows,
    columnSeconds: 180 / columns,
    fromHz: 20,
    toHz: 20_000,
    floorDb: -96,
    ceilingDb: 0,
  };
}
