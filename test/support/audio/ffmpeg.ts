import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, installWithApt } from '../programs.ts';
import { wavBytes } from './wav-bytes.ts';

const run = promisify(execFile);
const maxOutputBytes = 1_073_741_824;
let folder: string | undefined;

/** ffmpeg, the other opinion on what a file holds; installed where that is possible. `ffprobe` comes with it. */
export function ffmpegPath(): string {
  return program('ffmpeg');
}

function program(name: 'ffmpeg' | 'ffprobe'): string {
  const find = () => findProgram(name);
  return find() ?? installWithApt('ffmpeg', find, 'the PATH to one that has it');
}

/** A path for a test's file, in a folder that is removed when the process ends. */
export function audioFile(extension: string): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'esteira-audio-'));
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return join(folder, `${randomUUID()}.${extension}`);
}

/**
 * Writes samples with one of ffmpeg's encoders.
 *
 * @param planar full scale −1 … 1
 * @param args of the output, such as `['-c:a', 'libmp3lame', '-b:a', '192k']`
 * @returns path of the file
 */
export async function encodeWithFfmpeg(
  planar: readonly Float32Array[],
  sampleRateHz: number,
  args: readonly string[],
  extension: string,
): Promise<string> {
  const source = audioFile('wav');
  await writeFile(source, wavBytes(planar, sampleRateHz, 'f32'));
  const path = audioFile(extension);
  await ffmpeg('-i', source, ...args, path);
  return path;
}

export interface DecodedAudio {
  readonly channels: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/**
 * What ffmpeg finds in a file's first audio stream, whole in memory.
 *
 * @param args before the output, such as `['-t', '1']`
 */
export async function decodeWithFfmpeg(path: string, args: readonly string[] = []): Promise<DecodedAudio> {
  const { stdout: facts } = await run(program('ffprobe'), [
    ...['-v', 'error', '-select_streams', 'a:0', '-show_entries', 'stream=channels,sample_rate', '-of', 'json', path],
  ]);
  const stream = (JSON.parse(facts) as { streams: { channels: number; sample_rate: string }[] }).streams[0];
  if (stream === undefined) throw new Error(`ffprobe sees no audio in ${path}`);
  const pcm = await ffmpeg('-i', path, '-map', '0:a:0', ...args, '-f', 'f32le', '-c:a', 'pcm_f32le', '-');
  return { channels: planes(pcm, stream.channels), sampleRateHz: Number(stream.sample_rate) };
}

/** Runs ffmpeg quietly. */
export async function ffmpeg(...args: readonly string[]): Promise<Buffer> {
  const { stdout } = await run(ffmpegPath(), ['-v', 'error', '-nostdin', '-y', ...args], {
    encoding: 'buffer',
    maxBuffer: maxOutputBytes,
  });
  return stdout;
}

function planes(interleaved: Buffer, channelCount: number): Float32Array[] {
  const frames = Math.floor(interleaved.length / 4 / channelCount);
  const view = new DataView(interleaved.buffer, interleaved.byteOffset, interleaved.length);
  return Array.from({ length: channelCount }, (_, channel) =>
    Float32Array.from({ length: frames }, (_, i) => view.getFloat32((i * channelCount + channel) * 4, true)),
  );
}
