import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

export interface Sample {
  readonly file: string;
  readonly name: MessageDescriptor;
}

/** Drawn by scripts/make-samples.ts: nobody's photos, and a first result without a file of one's own. */
export const samples: readonly Sample[] = [
  { file: 'headphones.webp', name: msg`Headphones` },
  { file: 'bottle.webp', name: msg`Perfume bottle` },
  { file: 'plant.webp', name: msg`Plant in a pot` },
  { file: 'mug.webp', name: msg`Coffee mug` },
];

export function sampleUrl({ file }: Sample): string {
  return `/samples/${file}`;
}

/** @throws Error when the server does not have it */
export async function fetchSample(sample: Sample): Promise<File> {
  const response = await fetch(sampleUrl(sample));
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return new File([await response.blob()], sample.file, { type: 'image/webp' });
}
