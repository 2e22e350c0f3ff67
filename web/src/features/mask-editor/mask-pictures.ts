import { assetContentUrl } from '../../api/asset.ts';
import { runJob } from '../../api/run-job.ts';
import { Painting } from './painting.ts';

/** As large as a brush needs it; the server stretches the mask over the whole photo. */
const largestSidePx = 2_048;

export interface MaskPictures {
  /** The photo's colours, as large as the mask. */
  readonly photo: ImageData;
  readonly painting: Painting;
}

/**
 * The photo and the mask that is corrected, ready to be painted on. The server makes both small enough, which also
 * opens what browsers cannot: HEIC, CMYK.
 *
 * @param maskId an asset; without it, the model's own mask
 */
export async function openMask(
  { photoId, maskId, quality }: { photoId: string; maskId?: string | undefined; quality?: string | undefined },
  signal: AbortSignal,
): Promise<MaskPictures> {
  const size = { widthPx: largestSidePx, heightPx: largestSidePx };
  const [preview, maskUrl] = await Promise.all([
    runJob(
      {
        processor: 'image.resize',
        inputs: [photoId],
        params: { ...size, fit: 'inside', format: 'webp', compression: 90 },
        priority: 'high',
      },
      signal,
    ),
    maskId === undefined ? foundMaskUrl(photoId, quality, signal) : assetContentUrl(maskId),
  ]);
  const [photo, mask] = await Promise.all([loadPicture(preview.output.url), loadPicture(maskUrl)]);
  const { naturalWidth: widthPx, naturalHeight: heightPx } = photo;
  return {
    photo: pixelsOf(photo, widthPx, heightPx),
    painting: new Painting({ widthPx, heightPx, alpha: reds(pixelsOf(mask, widthPx, heightPx)) }),
  };
}

async function foundMaskUrl(photoId: string, quality: string | undefined, signal: AbortSignal): Promise<string> {
  const params = { maskOnly: true, ...(quality !== undefined && { quality }) };
  const { output } = await runJob({ processor: 'image.cutout', inputs: [photoId], params, priority: 'high' }, signal);
  return output.url;
}

async function loadPicture(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

function pixelsOf(image: HTMLImageElement, widthPx: number, heightPx: number): ImageData {
  const context = contextOf(widthPx, heightPx);
  context.drawImage(image, 0, 0, widthPx, heightPx);
  return context.getImageData(0, 0, widthPx, heightPx);
}

/** A mask is grey: any of its colours will do. */
function reds({ data }: ImageData): Uint8Array {
  const alpha = new Uint8Array(data.length / 4);
  for (let at = 0; at < alpha.length; at++) alpha[at] = data[at * 4] ?? 0;
  return alpha;
}

/** The mask as a file: white is subject. */
export async function maskFile({ raster: { alpha, widthPx, heightPx } }: Painting): Promise<Blob> {
  const context = contextOf(widthPx, heightPx);
  const image = context.createImageData(widthPx, heightPx);
  for (let at = 0; at < alpha.length; at++) image.data.fill(alpha[at] ?? 0, at * 4, at * 4 + 3);
  for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255;
  context.putImageData(image, 0, 0);
  return new Promise((resolve, reject) =>
    context.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no PNG came out of the mask')))),
  );
}

export function contextOf(widthPx: number, heightPx: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = widthPx;
  canvas.height = heightPx;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser gives no canvas to draw on');
  return context;
}
