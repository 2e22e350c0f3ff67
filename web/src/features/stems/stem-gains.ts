/** What somebody has set for one stem. */
export interface StemSetting {
  readonly muted: boolean;
  readonly solo: boolean;
  /** 0 to 1. */
  readonly volume: number;
}

export const firstSetting: StemSetting = { muted: false, solo: false, volume: 1 };

/**
 * How loud each stem is: while some are solo, only those are heard; a muted one never is.
 *
 * @returns factors, 0 to 1, by stem
 */
export function stemGains(settings: ReadonlyMap<string, StemSetting>): ReadonlyMap<string, number> {
  const anySolo = [...settings.values()].some(({ solo }) => solo);
  return new Map(
    [...settings].map(([stem, { muted, solo, volume }]) => [stem, muted || (anySolo && !solo) ? 0 : volume]),
  );
}
