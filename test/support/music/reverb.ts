import { type Stereo, sampleRateHz } from './piece.ts';

/** Samples, without common divisors. */
const delays = [1423, 1789, 2137, 2671];
const mask = 4095;

/**
 * Adds a room to both channels: four delay lines that feed each other through a Hadamard matrix and lose treble on the way.
 *
 * @param amount level of the room, 0 … 1
 * @param seconds until it has fallen by 60 dB
 */
export function addReverb([left, right]: Stereo, amount: number, seconds: number): void {
  const lines = delays.map(() => new Float32Array(mask + 1)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const [lineA, lineB, lineC, lineD] = lines;
  const [gainA, gainB, gainC, gainD] = delays.map((delay) => 0.5 * 10 ** ((-3 * delay) / (seconds * sampleRateHz))) as [
    number,
    number,
    number,
    number,
  ];
  const [delayA, delayB, delayC, delayD] = delays as [number, number, number, number];
  let [dampA, dampB, dampC, dampD] = [0, 0, 0, 0];
  const damping = 0.35;
  for (let i = 0; i < left.length; i += 1) {
    const dryLeft = left[i] as number;
    const dryRight = right[i] as number;
    dampA += (1 - damping) * ((lineA[(i - delayA) & mask] as number) - dampA);
    dampB += (1 - damping) * ((lineB[(i - delayB) & mask] as number) - dampB);
    dampC += (1 - damping) * ((lineC[(i - delayC) & mask] as number) - dampC);
    dampD += (1 - damping) * ((lineD[(i - delayD) & mask] as number) - dampD);
    lineA[i & mask] = dryLeft + gainA * (dampA + dampB + dampC + dampD);
    lineB[i & mask] = dryRight + gainB * (dampA - dampB + dampC - dampD);
    lineC[i & mask] = dryLeft + gainC * (dampA + dampB - dampC - dampD);
    lineD[i & mask] = dryRight + gainD * (dampA - dampB - dampC + dampD);
    left[i] = dryLeft + amount * 0.5 * (dampA + dampC);
    right[i] = dryRight + amount * 0.5 * (dampB + dampD);
  }
}
