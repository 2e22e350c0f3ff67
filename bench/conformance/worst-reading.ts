import type { Reading } from '../../test/support/audio/conformance.ts';

/** The reading that is furthest from what is expected; one that is no number is the furthest of all. */
export function worstReading(readings: readonly Reading[]): Reading {
  const distance = ({ expected, measured }: Reading) =>
    Number.isNaN(measured) ? Number.POSITIVE_INFINITY : Math.abs(measured - expected);
  return readings.reduce((worst, reading) => (distance(reading) > distance(worst) ? reading : worst), {
    expected: readings[0]?.expected ?? Number.NaN,
    measured: readings[0]?.measured ?? Number.NaN,
  });
}
