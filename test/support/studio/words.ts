import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { studioDir } from '#cli/build-studio.ts';

export type Language = 'pt-BR' | 'en';

/** What the studio says for a message of its source; `{name}` in it is filled from `values`. */
export type Say = (message: string, values?: Readonly<Record<string, string>>) => string;

const entry = /^msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|$))+)/gm;

/** @returns a function that throws for what is not translated */
export function wordsOf(language: Language): Say {
  const words = new Map(
    ['messages', 'pictures', 'sound', 'stems', 'accounts']
      .map((name) => readFileSync(join(studioDir, 'src', 'locales', language, `${name}.po`), 'utf8'))
      .flatMap((catalogue) => [...catalogue.matchAll(entry)])
      .map(([, id = '', text = '']) => [unquoted(id), unquoted(text)]),
  );
  return (message, values = {}) => {
    const text = words.get(message);
    if (!text) throw new Error(`The studio has no words in ${language} for: ${message}`);
    return text.replaceAll(/\{(\w+)\}/g, (gap, name: string) => values[name] ?? gap);
  };
}

function unquoted(lines: string): string {
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string)
    .join('');
}
