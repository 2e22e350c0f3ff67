import { type Static, Type } from 'typebox';
import type { Share } from '#jobs/shares/share.ts';
import { isSigned, type SigningKeys, signPath } from './url-signature.ts';

export const ShareSchema = Type.Object({
  id: Type.String(),
  jobId: Type.String(),
  outputIndex: Type.Integer(),
  name: Type.Union([Type.String(), Type.Null()]),
  url: Type.String({ description: 'Opens the output for anybody, until the share ends or is taken back.' }),
  createdAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time' }),
});

/** @param origin where people reach this server */
export function toShareJson(share: Share, keys: SigningKeys, origin: string): Static<typeof ShareSchema> {
  return {
    ...share,
    url: `${origin}/s/${share.id}/${signPath(keys, signed(share.id))}`,
    createdAt: share.createdAt.toISOString(),
    expiresAt: share.expiresAt.toISOString(),
  };
}

export function isShareSigned(keys: SigningKeys, id: string, signature: string): boolean {
  return isSigned(keys, signed(id), signature);
}

/** Not what other addresses sign. */
function signed(id: string): string {
  return `/s/${id}`;
}
