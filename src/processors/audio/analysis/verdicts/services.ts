import type { Measured, ServiceOutcome } from '../analysis.ts';
import { playbackModes, type Target, targetLufs, targets } from './targets.ts';

/**
 * What every place does to this recording: all targets, and other settings of services that have them. Where nobody
 * changes the volume (`as-is`), it plays as it is; what must be delivered at a loudness is shown as if it were brought
 * there by volume alone.
 */
export function serviceOutcomes(measured: Measured): ServiceOutcome[] {
  return Object.entries({ ...targets, ...playbackModes }).map(([name, target]) => outcome(name, target, measured));
}

export function outcome(name: string, target: Target, { loudness, channels }: Measured): ServiceOutcome {
  const { integratedLufs, truePeakDbtp } = loudness;
  if (integratedLufs === null) return { target: name, gainDb: null, playsAtLufs: null, truePeakDbtp: null };
  const gainDb = tenths(gain(target, targetLufs(target, channels), integratedLufs, truePeakDbtp));
  return {
    target: name,
    gainDb,
    playsAtLufs: tenths(integratedLufs + gainDb),
    truePeakDbtp: truePeakDbtp === null ? null : tenths(peakAfter(target, truePeakDbtp, gainDb)),
  };
}

function gain(target: Target, lufs: number, integratedLufs: number, truePeakDbtp: number | null): number {
  const wanted = target.kind === 'as-is' ? 0 : lufs - integratedLufs;
  if (wanted <= 0 || target.turnsUp === 'limiter') return wanted;
  if (target.turnsUp === 'never') return 0;
  const headroom = (target.upToDbtp ?? target.ceilingDbtp) - (truePeakDbtp ?? Number.NEGATIVE_INFINITY);
  return Math.min(wanted, Math.max(0, headroom));
}

function peakAfter(target: Target, truePeakDbtp: number, gainDb: number): number {
  const limited = target.turnsUp === 'limiter' && gainDb > 0;
  return limited ? Math.min(truePeakDbtp + gainDb, target.upToDbtp ?? target.ceilingDbtp) : truePeakDbtp + gainDb;
}

/** Hundredths stay out of sight, and out of sums that people check. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}
