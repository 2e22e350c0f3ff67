import { transformAsync } from '@babel/core';
import linguiMacro from '@lingui/babel-plugin-lingui-macro';
import type { Plugin } from 'vite';

/** Files that say something to people; the others need no second parser. */
const usesMacro = /from '@lingui\/(?:core|react)\/macro'/;

/**
 * Turns Lingui's macros into calls. Vite's React plugin no longer brings Babel, which they are written for; types and
 * JSX are left for Vite.
 */
export function linguiMacros(): Plugin {
  return {
    name: 'esteira:lingui-macros',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/.*\.tsx?$/, code: usesMacro },
      handler: (code, id) => expandMacros(code, id),
    },
  };
}

/** @param file its path, for messages and maps */
export async function expandMacros(code: string, file: string): Promise<{ code: string; map: null }> {
  const result = await transformAsync(code, {
    filename: file,
    babelrc: false,
    configFile: false,
    sourceMaps: false,
    parserOpts: { plugins: ['typescript', 'jsx'] },
    plugins: [linguiMacro],
  });
  if (typeof result?.code !== 'string') throw new Error(`no code came out of ${file}`);
  return { code: result.code, map: null };
}
