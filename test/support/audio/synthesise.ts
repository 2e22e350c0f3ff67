import { randomFrom } from '../random.ts';

/** One sound of a channel; those of a channel are added up. */
export type Voice =
  | { readonly toneHz: number; readonly amplitude: number; readonly phaseRadians?: number }
  /** White, uniform between −amplitude and amplitude; equal seeds give equal noise. */
  | { readonly noiseSeed: number; readonly amplitude: number };

/**
 * Samples of known content, planar.
 *
 * @param channels for each channel the voices in it; none is silence
 */
export function synthesise(
  sampleRateHz: number,
  seconds: number,
  channels: readonly (readonly Voice[])[],
): Float32Array<ArrayBuffer>[] {
  const frames = Math.round(sampleRateHz * seconds);
  return channels.map((voices) => {
    const samples = new Float64Array(frames);
    for (const voice of voices) {
      const next = 'toneHz' in voice ? tone(voice, sampleRateHz) : noise(voice.noiseSeed);
      for (let i = 0; i < frames; i += 1) samples[i] = (samples[i] ?? 0) + voice.amplitude * next(i);
    }
    return Float32Array.from(samples);
  });
}

/** Channels that differ, each a tone in noise. */
export function tonesInNoise(sampleRateHz: number, channels: number, seconds = 1.37): Float32Array<ArrayBuffer>[] {
  const voices = Array.from({ length: channels }, (_, i): Voice[] => [
    { toneHz: 300 + 200 * i, amplitude: 0.3 },
    { noiseSeed: i, amplitude: 0.1 },
  ]);
  return synthesise(sampleRateHz, seconds, voices);
}

function tone(voice: { readonly toneHz: number; readonly phaseRadians?: number }, sampleRateHz: number) {
  const step = (2 * Math.PI * voice.toneHz) / sampleRateHz;
  const phase = voice.phaseRadians ?? 0;
  return (i: number) => Math.sin(step * i + phase);
}

/** −1 … 1. */
export function noise(seed: number): () => number {
  const random = randomFrom(seed);
  return () => 2 * random() - 1;
}
