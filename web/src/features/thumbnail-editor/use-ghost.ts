import { useQuery } from '@tanstack/react-query';
import { runJob } from '../../api/run-job.ts';
import { type Ghost, outlineOf } from './placement.ts';
import type { Product } from './product-list.ts';

/** Enough to find the outline to a few pixels. */
const outlineSidePx = 256;

/**
 * The product alone, for dragging it about before the server has drawn it. Its mask is the one that the thumbnail needs
 * anyway.
 */
export function useGhost(product: Product | undefined, cutout: boolean): Ghost | undefined {
  const { data } = useQuery({
    queryKey: ['ghost', product?.assetId, product?.maskId],
    enabled: product !== undefined && cutout,
    queryFn: async ({ signal }): Promise<Ghost> => {
      if (!product) throw new Error('nothing to show');
      const inputs = product.maskId === undefined ? [product.assetId] : [product.assetId, product.maskId];
      const params = { crop: true, format: 'webp' };
      const { output } = await runJob(
        { processor: 'image.cutout', inputs, params, metadata: { preview: true } },
        signal,
      );
      return openGhost(output.url);
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return cutout ? data : undefined;
}

async function openGhost(url: string): Promise<Ghost> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { naturalWidth: widthPx, naturalHeight: heightPx } = image;
  const scale = Math.max(widthPx, heightPx, outlineSidePx) / outlineSidePx;
  const size = [Math.max(1, Math.round(widthPx / scale)), Math.max(1, Math.round(heightPx / scale))] as const;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = size;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(image, 0, 0, ...size);
  const rgba = context?.getImageData(0, 0, ...size).data ?? new Uint8ClampedArray();
  return { url, widthPx, heightPx, outline: outlineOf(rgba, ...size, widthPx / size[0]) };
}
