import type { Messages } from '@lingui/core';

/**
 * The compiler of catalogs is a version behind the macros, and writes the ids in base64; they want base64url. A test
 * beside the catalogs sees to it that every id is found.
 */
export function inIdAlphabet(messages: Messages): Messages {
  return Object.fromEntries(
    Object.entries(messages).map(([id, message]) => [id.replaceAll('+', '-').replaceAll('/', '_'), message]),
  );
}
