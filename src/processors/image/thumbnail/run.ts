import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '#processors/contract.ts';
import { pictureFacts } from '#processors/shared/image/decode-region.ts';
import { type PictureSource, readablePicture } from '#processors/shared/image/readable-picture.ts';
import { checkCompliance } from './compliance/check.ts';
import { measure } from './compliance/measure.ts';
import { backgroundRaster, type OpenedPicture } from './compose/background.ts';
import { layLogo } from './compose/logo.ts';
import { areasOf, boundsOf, type Rect } from './compose/placement.ts';
import { type PlacedProduct, placeProduct } from './compose/product.ts';
import { lay, type Raster } from './compose/raster.ts';
import { layShadow } from './compose/shadow.ts';
import { encode } from './encode.ts';
import { maskNeeds } from './inputs.ts';
import type { thumbnailParams } from './params.ts';
import { type Settings, settingsOf } from './settings.ts';
import { layTexts } from './text/lay-texts.ts';

type Context = ProcessorContext<typeof thumbnailParams>;

export function createRuntime(): ProcessorRuntime<typeof thumbnailParams> {
  sharp.concurrency(1);
  sharp.cache(false);
  return {
    warm: async () => {},
    run: async (context) => [await makeThumbnail(context)],
  };
}

async function makeThumbnail(context: Context): Promise<ProcessorOutput> {
  const { params, scratchDir, progress, signal, needed } = context;
  const settings = settingsOf(params);
  const input = opener(context);
  const { raster, subjects } = await compose(context, settings, input);
  for (const logo of params.logos) await layLogo(raster, await input(logo.input), logo);
  // A template may leave one empty: a product without an old price.
  const texts = params.texts.filter(({ text }) => text.trim() !== '');
  if (texts.length > 0) layTexts(raster, texts);
  progress(0.7);
  signal.throwIfAborted();

  const { format, preset } = settings;
  const { file: bytes, compression } = await encode(raster, settings, texts.length > 0);
  progress(0.9);
  const file = `thumbnail.${format === 'jpeg' ? 'jpg' : format}`;
  await writeFile(join(scratchDir, file), bytes);
  const compliance =
    preset &&
    checkCompliance(preset, await measure(bytes, union(subjects)), {
      texts: texts.length,
      logos: params.logos.length,
    });
  const confidences = needed.map(({ data }) => data?.['confidence']).filter((value) => typeof value === 'number');
  return {
    file,
    mediaType: `image/${format}`,
    data: {
      widthPx: raster.widthPx,
      heightPx: raster.heightPx,
      sizeBytes: bytes.length,
      ...(compression === undefined ? {} : { compression }),
      ...(confidences.length === 0 ? {} : { confidence: Math.min(...confidences) }),
      ...(compliance === undefined ? {} : { compliance }),
    },
  };
}

type Input = (index: number) => Promise<OpenedPicture>;

/** Opens each input once: HEIC is decoded whole when it is opened. */
function opener({ inputs }: Context): Input {
  const opened = new Map<number, Promise<OpenedPicture>>();
  const open = async (index: number): Promise<OpenedPicture> => {
    const path = inputs[index]?.path;
    if (path === undefined) throw new Error(`the job came without input ${index}`);
    const source = await readablePicture(path);
    return { source, facts: await pictureFacts(source) };
  };
  return (index) => {
    const picture = opened.get(index) ?? open(index);
    opened.set(index, picture);
    return picture;
  };
}

/** Background, and each product over its shadow. */
async function compose(
  context: Context,
  settings: Settings,
  input: Input,
): Promise<{ raster: Raster; subjects: readonly Rect[] }> {
  const { params, progress, signal } = context;
  const raster = await backgroundRaster(settings, input, params.products[0]?.input ?? 0);
  progress(0.15);
  const areas = areasOf(params.products, settings.widthPx, settings.heightPx);
  const subjects: Rect[] = [];
  for (const [index, product] of params.products.entries()) {
    signal.throwIfAborted();
    const { layer, subject } = await placed(context, settings, input, index, areas);
    if (layer !== undefined) {
      await layShadow(raster, layer, subject, product.shadow);
      lay(raster, layer);
    }
    subjects.push(subject);
    progress(0.15 + (0.5 * (index + 1)) / params.products.length);
  }
  return { raster, subjects };
}

async function placed(
  context: Context,
  settings: Settings,
  input: Input,
  index: number,
  areas: readonly Rect[],
): Promise<PlacedProduct> {
  const [product, area] = [context.params.products[index], areas[index]];
  if (product === undefined || area === undefined) throw new Error(`there is no product ${index}`);
  const { source: photo, facts } = await input(product.input);
  const mask = product.cutout ? await maskOf(context, input, index) : undefined;
  return await placeProduct({ photo, facts, mask }, product, {
    area,
    marginPercent: product.marginPercent ?? settings.marginPercent,
    canvas: settings,
  });
}

/** The painted one, or the one that was found. */
async function maskOf({ params, needed }: Context, input: Input, index: number): Promise<PictureSource> {
  const painted = params.products[index]?.mask;
  if (painted !== undefined) return (await input(painted)).source;
  const place = maskNeeds(params)[index];
  const path = place === undefined ? undefined : needed[place]?.path;
  if (path === undefined) throw new Error(`product ${index} came without its mask`);
  return path;
}

/** All products together are what fills the picture. */
function union(subjects: readonly Rect[]): Rect {
  return boundsOf(
    subjects.flatMap(({ left, top, width, height }) => [
      [left, top],
      [left + width, top + height],
    ]),
  );
}
