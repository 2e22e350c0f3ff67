import type { AudioFormat } from '#processors/shared/audio/audio-stream.ts';
import { openAudio } from '#processors/shared/audio/decode/open-audio.ts';

/** A recording as our own decoders read it, whole in memory. */
export async function readAudio(
  path: string,
  mediaType: string,
): Promise<{ readonly format: AudioFormat; readonly channels: readonly Float32Array[] }> {
  await using stream = await openAudio(path, mediaType);
  const parts: Float32Array[][] = stream.format.layout.map(() => []);
  for await (const block of stream.blocks()) {
    block.channels.forEach((channel, i) => {
      parts[i]?.push(channel.slice(0, block.frames));
    });
  }
  return { format: stream.format, channels: parts.map(joined) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Root mean square of the difference against that of `truth`; NaN or Infinity when lengths or channels differ. */
export function relativeError(channels: readonly Float32Array[], truth: readonly Float32Array[]): number {
  if (channels.length !== truth.length) return Number.NaN;
  let difference = 0;
  let power = 0;
  for (const [c, expected] of truth.entries()) {
    const samples = channels[c];
    if (samples?.length !== expected.length) return Number.POSITIVE_INFINITY;
    for (let i = 0; i < expected.length; i += 1) {
      const value = expected[i] ?? 0;
      difference += ((samples[i] ?? 0) - value) ** 2;
      power += value ** 2;
    }
  }
  return Math.sqrt(difference / power);
}
