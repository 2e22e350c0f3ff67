import { createHmac, timingSafeEqual } from 'node:crypto';

/** What signs the addresses of pictures: the first key signs, each of them is believed. */
export type SigningKeys = readonly [Uint8Array, ...Uint8Array[]];

/**
 * @param path everything after the signature, as it stands in the address: `/w:512/01a1fbfd-…`
 * @returns 43 characters of base64url
 */
export function signPath([key]: SigningKeys, path: string): string {
  return createHmac('sha256', key).update(path).digest('base64url');
}

/**
 * Compares texts, not what they decode to: base64url has several texts for some bytes, and only one is ours. The time
 * it takes tells nothing of how much was right.
 */
export function isSigned(keys: SigningKeys, path: string, signature: string): boolean {
  const given = Buffer.from(signature);
  const fits = keys.map((key) => {
    const expected = Buffer.from(signPath([key], path));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return fits.includes(true);
}
