import { i18n, type Messages } from '@lingui/core';
import { inIdAlphabet } from './id-alphabet.ts';

export const languages = { 'pt-BR': 'Português', en: 'English' } as const;
export type Language = keyof typeof languages;

/** Which words: those that every page needs, or those of some pages, as lingui.config.ts parts them. */
type Catalog = keyof typeof catalogs;

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

/** A page whose words are in a catalog of their own, once both are there. */
export async function withCatalog<T>(name: Catalog, page: Promise<T>): Promise<T> {
  if (!opened.has(name)) {
    opened.add(name);
    opening = activate(i18n.locale as Language);
  }
  await opening;
  return page;
}

const opened = new Set<Catalog>(['messages']);
let opening: Promise<void> | undefined;

async function activate(language: Language): Promise<void> {
  const loaded = await Promise.all([...opened].map((name) => catalogs[name][language]()));
  const messages: Messages = Object.assign({}, ...loaded.map((catalog) => inIdAlphabet(catalog.messages)));
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
}

const catalogs = {
  messages: {
    'pt-BR': () => import('../locales/pt-BR/messages.po'),
    en: () => import('../locales/en/messages.po'),
  },
  pictures: {
    'pt-BR': () => import('../locales/pt-BR/pictures.po'),
    en: () => import('../locales/en/pictures.po'),
  },
  sound: {
    'pt-BR': () => import('../locales/pt-BR/sound.po'),
    en: () => import('../locales/en/sound.po'),
  },
  stems: {
    'pt-BR': () => import('../locales/pt-BR/stems.po'),
    en: () => import('../locales/en/stems.po'),
  },
  accounts: {
    'pt-BR': () => import('../locales/pt-BR/accounts.po'),
    en: () => import('../locales/en/accounts.po'),
  },
} as const;

function isLanguage(value: string | null): value is Language {
  return value !== null && Object.hasOwn(languages, value);
}
