import { join } from 'node:path';
import { lingui } from '@lingui/vite-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { linguiMacros } from './build/lingui-macros.ts';
import { precompress } from './build/precompress.ts';

const root = import.meta.dirname;
/** The server that `npm run dev` of this folder talks to. */
const api = 'http://127.0.0.1:3000';
const apiPaths = ['/v1', '/docs', '/openapi.json', '/problems', '/health'];

export default defineConfig({
  root,
  plugins: [
    linguiMacros(),
    react(),
    lingui({
      configPath: join(root, 'lingui.config.ts'),
      cwd: root,
      failOnMissing: true,
      failOnCompileError: true,
    }),
    precompress(),
  ],
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    // The policy allows no data: scripts or styles, and a request more costs nothing on one connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    emptyOutDir: true,
  },
  server: { proxy: Object.fromEntries(apiPaths.map((path) => [path, { target: api }])) },
});
