import type { Comparison, Measured } from '../analysis.ts';
import { bandLevelDb, bandLimits, bandNames } from './bands.ts';

/**
 * This recording against a reference. Levels of bands are compared at equal loudness (BS.1770), as one listens to two
 * tracks: a louder reference is not one with more of everything.
 */
export function compare(measured: Measured, reference: Measured): Comparison {
  const loudnessDb = minus(measured.loudness.integratedLufs, reference.loudness.integratedLufs);
  const atEqualLoudness = (difference: number | null) => minus(difference, loudnessDb);
  return {
    reference: {
      integratedLufs: reference.loudness.integratedLufs,
      rangeLu: reference.loudness.rangeLu,
      truePeakDbtp: reference.loudness.truePeakDbtp,
      thirdOctaveDb: reference.spectrum.thirdOctaveDb,
      curve: reference.spectrum.curve,
    },
    loudnessDb,
    rangeLu: minus(measured.loudness.rangeLu, reference.loudness.rangeLu),
    plrDb: minus(measured.loudness.plrDb, reference.loudness.plrDb),
    widthPercent: minus(measured.stereo?.widthPercent ?? null, reference.stereo?.widthPercent ?? null),
    thirdOctaveDb: measured.spectrum.thirdOctaveDb.map(({ centerHz, db }) => {
      const other = reference.spectrum.thirdOctaveDb.find((band) => band.centerHz === centerHz);
      return { centerHz, db: atEqualLoudness(minus(db, other?.db ?? null)) };
    }),
    bands: bandNames.map((name) => {
      const limits = bandLimits(name);
      const width = (of: Measured) => of.stereo?.bands.find((band) => band.name === name)?.widthPercent ?? null;
      return {
        name,
        levelDb: atEqualLoudness(
          minus(
            bandLevelDb(measured.spectrum.thirdOctaveDb, limits),
            bandLevelDb(reference.spectrum.thirdOctaveDb, limits),
          ),
        ),
        widthPercent: minus(width(measured), width(reference)),
      };
    }),
  };
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}
