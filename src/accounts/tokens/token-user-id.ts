import { createHash } from 'node:crypto';

/** The same for the same subject, in every workspace and every process: a UUID of version 8, made of a hash. */
export function tokenUserId(issuer: string, subject: string): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** No other id is of this version. */
export function isTokenUser(id: string): boolean {
  return id[14] === '8';
}
