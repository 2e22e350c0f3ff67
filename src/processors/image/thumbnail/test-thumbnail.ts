import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import sharp from 'sharp';
import { Value } from 'typebox/value';
import type { ProcessorOutput } from '#processors/contract.ts';
import { decodePicture, type Picture } from '#processors/shared/image/decode.ts';
import type { Scene } from '../../../../test/support/scenes.ts';
import type { Compliance } from './compliance/check.ts';
import { type ThumbnailParams, thumbnailParams } from './params.ts';
import { createRuntime } from './run.ts';

const runtime = createRuntime();
const folder = await mkdtemp(join(tmpdir(), 'thumbnail-'));
after(() => rm(folder, { recursive: true }));
let jobs = 0;

export interface Thumbnail extends ProcessorOutput {
  readonly path: string;
  readonly bytes: Buffer;
  readonly picture: Picture;
  readonly compliance: Compliance | undefined;
}

/** Parameters as a client sends them. */
export type Said = Readonly<Record<string, unknown>>;

export function completed(said: Said): ThumbnailParams {
  const params = Value.Default(thumbnailParams, structuredClone(said));
  if (!Value.Check(thumbnailParams, params)) throw new Error(JSON.stringify(Value.Errors(thumbnailParams, params)[0]));
  return params;
}

/** Runs a job on files in memory. Masks come painted: no model is asked. */
export async function thumbnailOf(files: readonly Buffer[], said: Said): Promise<Thumbnail> {
  const scratchDir = join(folder, `job-${++jobs}`);
  await mkdir(scratchDir);
  const inputs = await Promise.all(
    files.map(async (bytes, index) => {
      const path = join(scratchDir, `input-${index}`);
      await writeFile(path, bytes);
      return { path, mediaType: 'image/png', sizeBytes: bytes.length };
    }),
  );
  const [output] = await runtime.run({
    inputs,
    needed: [],
    params: completed(said),
    scratchDir,
    modelsDir: scratchDir,
    threads: 1,
    progress: () => {},
    log: () => {},
    signal: new AbortController().signal,
  });
  if (output === undefined) throw new Error('there is no output');
  const path = join(scratchDir, output.file);
  const bytes = await readFile(path);
  const compliance = output.data?.['compliance'] as Compliance | undefined;
  return { ...output, path, bytes, picture: await decodePicture(bytes), compliance };
}

/** A scene as the photograph and its exact mask. */
export async function filesOf({ rgb, alpha, widthPx: width, heightPx: height }: Scene): Promise<[Buffer, Buffer]> {
  return [
    await sharp(rgb, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
    await sharp(alpha, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer(),
  ];
}

/** A picture of one colour. */
export async function plain(widthPx: number, heightPx: number, colour: string): Promise<Buffer> {
  return await sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: colour } })
    .png()
    .toBuffer();
}

/** A rectangle of one colour where the mask is white. */
export async function rectangleMask(
  widthPx: number,
  heightPx: number,
  box: { left: number; top: number; width: number; height: number },
) {
  const white = await plain(box.width, box.height, '#fff');
  return await sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#000' } })
    .composite([{ input: white, left: box.left, top: box.top }])
    .png()
    .toBuffer();
}

/** Edges of what fulfils a condition: first and one past the last pixel. */
export function boxWhere({ widthPx, heightPx }: Picture, is: (pixel: number) => boolean) {
  let [left, right, top, bottom] = [widthPx, 0, heightPx, 0];
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if (!is(y * widthPx + x)) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    }
  }
  return { left, top, right, bottom };
}

/** Red, green, blue at a place. */
export function at({ rgb, widthPx }: Picture, x: number, y: number): number[] {
  const first = (y * widthPx + x) * 3;
  return [...rgb.subarray(first, first + 3)];
}
