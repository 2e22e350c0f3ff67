/** A file that the server keeps: the answer of POST /v1/assets. */
export interface Asset {
  readonly id: string;
  readonly sha256: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly name: string | null;
}

/** Where uploads go, as the field `file` of a form. */
export const uploadUrl = '/v1/assets';

export function assetContentUrl(id: string): string {
  return `/v1/assets/${id}/content`;
}
