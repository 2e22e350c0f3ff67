import { formatter } from '@lingui/format-po';

export default {
  sourceLocale: 'en',
  locales: ['en', 'pt-BR'],
  catalogs: [
    { path: '<rootDir>/src/locales/{locale}/messages', include: ['<rootDir>/src'], exclude: ['**/*.test.ts'] },
  ],
  // Names of files, not lines: a moved line is no change of a translation.
  format: formatter({ lineNumbers: false }),
  orderBy: 'message',
};
