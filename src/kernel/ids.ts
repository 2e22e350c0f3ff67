import { randomBytes } from 'node:crypto';

/**
 * A UUID of version 7: sorts by creation time, so rows stay close to their neighbours in an index.
 *
 * @param nowMs milliseconds since 1970
 * @see RFC 9562, section 5.7
 */
export function newId(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string may be used as an id in a query: anything else would be a database error, not a 404. */
export function isId(text: string): boolean {
  return uuidPattern.test(text);
}
