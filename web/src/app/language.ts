import { i18n } from '@lingui/core';
import { inIdAlphabet } from './id-alphabet.ts';

export const languages = { 'pt-BR': 'Português', en: 'English' } as const;
export type Language = keyof typeof languages;

const storageKey = 'esteira.language';

/**
 * The language somebody chose here before, else the first of ours that the browser asks for.
 *
 * @param preferred as `navigator.languages`, most wanted first
 */
export function pickLanguage(remembered: string | null, preferred: readonly string[]): Language {
  if (isLanguage(remembered)) return remembered;
  const wanted = preferred.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => tag === 'pt' || tag === 'en');
  return wanted === 'pt' ? 'pt-BR' : 'en';
}

/** Loads the language of this browser's user, before anything is shown. */
export function startLanguage(): Promise<void> {
  return activate(pickLanguage(localStorage.getItem(storageKey), navigator.languages));
}

export async function switchLanguage(language: Language): Promise<void> {
  localStorage.setItem(storageKey, language);
  await activate(language);
}

async function activate(language: Language): Promise<void> {
  const { messages } = await catalogs[language]();
  i18n.loadAndActivate({ locale: language, messages: inIdAlphabet(messages) });
  document.documentElement.lang = language;
}

const catalogs = {
  'pt-BR': () => import('../locales/pt-BR/messages.po'),
  en: () => import('../locales/en/messages.po'),
} as const;

function isLanguage(value: string | null): value is Language {
  return value !== null && Object.hasOwn(languages, value);
}
