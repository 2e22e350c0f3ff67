/** Nothing but a hash ever becomes part of a path or a key. @throws TypeError */
export function checkedHash(sha256: string): string {
  if (!isHash(sha256)) throw new TypeError('An object is named by 64 lower-case hex digits');
  return sha256;
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
