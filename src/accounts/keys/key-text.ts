import { createHash, timingSafeEqual } from 'node:crypto';
import { randomText } from '../random-text.ts';

const idLength = 16;
/** 256 bits. */
const secretLength = 43;
const pattern = new RegExp(`^esteira_([0-9A-Za-z]{${idLength}})_([0-9A-Za-z]{${secretLength}})$`);
const lengthOfAll = 'esteira_'.length + idLength + 1 + secretLength;

export interface KeyText {
  /** Which key; not a secret. */
  readonly id: string;
  readonly secret: string;
}

export const newKeyId = (): string => randomText(idLength);
export const newKeySecret = (): string => randomText(secretLength);

/** What people see of a key in lists. */
export function keyPrefix(id: string): string {
  return `esteira_${id}`;
}

export function writeKey({ id, secret }: KeyText): string {
  return `${keyPrefix(id)}_${secret}`;
}

/** @returns undefined for what cannot be a key, without asking anybody */
export function readKey(text: string): KeyText | undefined {
  if (text.length !== lengthOfAll) return undefined;
  const [, id, secret] = pattern.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** @param hash SHA-256 in hexadecimal. The time it takes says nothing of where they differ. */
export function isSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(createHash('sha256').update(secret).digest(), Buffer.from(hash, 'hex'));
}
