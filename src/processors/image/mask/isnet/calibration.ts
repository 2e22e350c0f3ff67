import { AppError } from '#kernel/errors.ts';
import measured from './calibration.json' with { type: 'json' };

/**
 * How high each channel of each activation goes on real pictures, measured once by `scripts/calibrate-isnet.ts`.
 *
 * Stored as bytes: 0 for a channel that never fires, else 10 steps for each doubling from 2⁻¹² on.
 */
export interface Calibration {
  /** Encoded ceilings by tensor name. */
  readonly ceilings: ReadonlyMap<string, Uint8Array>;
  /** Lowest and highest value of the few tensors that are not rectified. */
  readonly signed: ReadonlyMap<string, readonly [low: number, high: number]>;
  channelCount(convolutionOutput: string): number;
}

const stepsPerDoubling = 10;
const lowestExponent = -12;

/** The measurements that ship with the program. */
export function shippedCalibration(): Calibration {
  return readCalibration(measured as CalibrationFile);
}

export interface CalibrationFile {
  readonly ceilings: Readonly<Record<string, string>>;
  readonly signed: Readonly<Record<string, readonly number[]>>;
  readonly channelCounts: Readonly<Record<string, number>>;
}

export function readCalibration(file: CalibrationFile): Calibration {
  const counts = new Map(Object.entries(file.channelCounts));
  return {
    ceilings: new Map(Object.entries(file.ceilings).map(([name, text]) => [name, Buffer.from(text, 'base64')])),
    signed: new Map(Object.entries(file.signed).map(([name, [low = 0, high = 0]]) => [name, [low, high] as const])),
    channelCount(name) {
      const count = counts.get(name);
      if (count === undefined) throw new AppError('INTERNAL', `The calibration does not know the layer ${name}`);
      return count;
    },
  };
}

export function ceilingsOf(calibration: Calibration, name: string): number[] {
  const encoded = calibration.ceilings.get(name);
  if (!encoded) throw new AppError('INTERNAL', `The calibration does not know the activation ${name}`);
  return Array.from(encoded, decodeCeiling);
}

export function encodeCeiling(value: number): number {
  if (value <= 0) return 0;
  const code = Math.round((Math.log2(value) - lowestExponent) * stepsPerDoubling);
  return Math.min(255, Math.max(1, code));
}

export function decodeCeiling(code: number): number {
  return code === 0 ? 0 : 2 ** (code / stepsPerDoubling + lowestExponent);
}
