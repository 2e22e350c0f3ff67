import { readFile } from 'node:fs/promises';

/** Passwords that many people have chosen: what those who guess try first. Read when the first one is looked at. */
export interface KnownPasswords {
  has(password: string): boolean;
}

let known: Promise<KnownPasswords> | undefined;

/** From breaches and lists of common ones, in small letters; in memory as a quarter of a megabyte. */
export function knownPasswords(): Promise<KnownPasswords> {
  known ??= load();
  return known;
}

async function load(): Promise<KnownPasswords> {
  const list = new URL('../src/passwords.json', import.meta.resolve('@zxcvbn-ts/language-common'));
  const passwords = JSON.parse(await readFile(list, 'utf8')) as string[];
  const hashes = Uint32Array.from(passwords, hash).sort();
  return { has: (password) => includes(hashes, hash(password)) };
}

/** FNV-1a of 32 bits: of 70,000 passwords that are not in the list, one is taken for one that is. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

function includes(sorted: Uint32Array, value: number): boolean {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === value;
}
