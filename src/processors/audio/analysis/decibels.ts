/** @returns dB of an amplitude; −Infinity for nothing */
export function decibels(amplitude: number): number {
  return 20 * Math.log10(amplitude);
}

/** What JSON can hold: `null` for minus infinity and for what there is no number for. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
