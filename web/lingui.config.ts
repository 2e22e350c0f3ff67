import { formatter } from '@lingui/format-po';

/** Features whose words are fetched with their pages: whoever never opens them waits for none of them. */
const apart = {
  pictures: ['mask-editor', 'thumbnail-editor'],
  sound: ['audio'],
  stems: ['stems'],
  accounts: ['account', 'audit', 'keys', 'members', 'privacy', 'server', 'sign-in', 'usage', 'workspace'],
};
const tests = '**/*.test.ts';
const folder = (feature: string): string => `<rootDir>/src/features/${feature}`;
/** What is in such a feature and known from the start: routes, and the list of recordings. */
const known = 'route|audio-page|earlier-tracks|reference-picker|track-row|names|use-audio-error-text';
const pagesOf = (feature: string): string => `${folder(feature)}/**/!(${known}).{ts,tsx}`;

export default {
  sourceLocale: 'en',
  locales: ['en', 'pt-BR'],
  catalogs: [
    {
      path: '<rootDir>/src/locales/{locale}/messages',
      include: ['<rootDir>/src'],
      exclude: [tests, ...Object.values(apart).flat().map(pagesOf)],
    },
    ...Object.entries(apart).map(([name, features]) => ({
      path: `<rootDir>/src/locales/{locale}/${name}`,
      include: features.map(pagesOf),
      exclude: [tests],
    })),
  ],
  // Names of files, not lines: a moved line is no change of a translation.
  format: formatter({ lineNumbers: false }),
  orderBy: 'message',
};
