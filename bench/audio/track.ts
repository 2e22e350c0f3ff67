import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pieces } from '../../test/support/music/catalogue.ts';
import { renderPiece } from '../../test/support/music/render-piece.ts';

const sampleRateHz = 44_100;

/**
 * Writes music of a given length as a 16-bit stereo WAV: generated pieces, one after the other, from the start again when
 * they end.
 *
 * @param distinctSeconds how much of it is not a repetition
 */
export async function writeTrack(path: string, seconds: number, distinctSeconds = 240): Promise<void> {
  const frames = Math.round(seconds * sampleRateHz);
  const sounds = renderSome(Math.min(seconds, distinctSeconds));
  const file = createWriteStream(path);
  file.write(header(frames * 4));
  for (let written = 0; written < frames; ) {
    for (const sound of sounds) {
      const part = sound.subarray(0, (frames - written) * 4);
      if (!file.write(part)) await once(file, 'drain');
      written += part.length / 4;
    }
  }
  file.end();
  await once(file, 'close');
}

function renderSome(seconds: number): Buffer[] {
  const sounds: Buffer[] = [];
  for (const [index, { seed, description }] of pieces(20).entries()) {
    const left = seconds * sampleRateHz - sounds.reduce((sum, { length }) => sum + length / 4, 0);
    if (left <= 0 || index === 20) break;
    const { mix } = renderPiece(description, seed);
    sounds.push(interleaved(mix).subarray(0, Math.ceil(left) * 4));
  }
  return sounds;
}

/** Loud, as records are: its peaks at −0.3 dBFS. */
function interleaved([left = new Float32Array(), right = left]: readonly Float32Array[]): Buffer {
  const peak = [left, right].reduce(
    (top, side) => side.reduce((high, value) => Math.max(high, Math.abs(value)), top),
    0,
  );
  const scale = (0.966 * 32_767) / peak;
  const samples = new Int16Array(left.length * 2);
  left.forEach((value, i) => {
    samples[2 * i] = Math.round(value * scale);
    samples[2 * i + 1] = Math.round((right[i] ?? 0) * scale);
  });
  return Buffer.from(samples.buffer);
}

function header(dataBytes: number): Buffer {
  const bytes = Buffer.alloc(44);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + dataBytes, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * 4, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(dataBytes, 40);
  return bytes;
}
