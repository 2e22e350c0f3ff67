import { createHash } from 'node:crypto';

/**
 * One text for one JSON value, whatever the order in which its members were written.
 *
 * @param value JSON; members that are undefined are left out, as JSON.stringify does
 * @see RFC 8785: members sorted by UTF-16 code units, numbers as ECMAScript prints them
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256 of the canonical text, in hex. */
export function hashOfJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
