import { expect, test } from 'vitest';
import { canvasOf, jobFor, type Look, lookKey } from './background.ts';

const asset = {
  id: 'photo',
  sha256: '',
  mediaType: 'image/jpeg',
  sizeBytes: 1,
  widthPx: 4_000,
  heightPx: 3_000,
  name: null,
};
const look = (background: Look['background']): Look => ({ background, quality: 'auto' });

test('the same look has the same key, whatever a picture is called', () => {
  const picture = (assetId: string, name: string) => lookKey(look({ kind: 'picture', assetId, name }));
  expect(picture('a', 'x.jpg')).toBe(picture('a', 'y.jpg'));
  expect(picture('a', 'x.jpg')).not.toBe(picture('b', 'x.jpg'));
  expect(lookKey(look({ kind: 'transparent' }))).not.toBe(
    lookKey({ background: { kind: 'transparent' }, quality: 'best' }),
  );
});

test('colours are cut-outs, everything else is composed', () => {
  expect(jobFor(asset, look({ kind: 'transparent' }))).toMatchObject({ processor: 'image.cutout', inputs: ['photo'] });
  expect(jobFor(asset, look({ kind: 'colour', colour: '#ffffff' })).params).toMatchObject({ background: '#ffffff' });
  expect(jobFor(asset, look({ kind: 'gradient', from: '#000000', to: '#ffffff' })).processor).toBe('image.thumbnail');
});

test('a painted mask is the second input, and a background picture comes after it', () => {
  const job = jobFor(asset, look({ kind: 'picture', assetId: 'wood', name: 'wood' }), 'mask');
  expect(job.inputs).toEqual(['photo', 'mask', 'wood']);
  expect(job.params).toMatchObject({ background: { input: 2 }, products: [{ input: 0, mask: 1 }] });
  expect(jobFor(asset, look({ kind: 'transparent' }), 'mask').inputs).toEqual(['photo', 'mask']);
});

test('a canvas keeps the shape and stays within what shops show', () => {
  expect(canvasOf(asset)).toEqual({ widthPx: 2_400, heightPx: 1_800 });
  expect(canvasOf({ ...asset, widthPx: 640, heightPx: 480 })).toEqual({ widthPx: 640, heightPx: 480 });
  expect(canvasOf({ ...asset, widthPx: 10_000, heightPx: 1 })).toEqual({ widthPx: 2_400, heightPx: 16 });
});
