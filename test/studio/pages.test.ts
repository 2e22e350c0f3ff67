import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildStudio } from '#cli/build-studio.ts';
import { accessibilityProblems, launchBrowser } from '../support/browser.ts';
import { type StartedServer, startServerProgram } from '../support/program.ts';

let cwd: string;
let server: StartedServer;
let browser: Browser;
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'studio-pages-'));
  await buildStudio(() => {});
  [server, browser] = await Promise.all([startServerProgram([], { cwd }), launchBrowser()]);
});
after(async () => {
  await Promise.all([browser?.close(), server?.stop()]);
  await rm(cwd, { recursive: true, force: true });
});

const pages = ['/', '/thumbnails', '/masks', '/batches', '/jobs', '/webhooks'];
const visitors = [
  { locale: 'pt-BR', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { locale: 'en-US', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
] as const;

for (const visitor of visitors) {
  const language = visitor.locale === 'pt-BR' ? 'pt-BR' : 'en';
  test(`every page opens in ${language} at ${visitor.viewport.width} px, whole, within its policy, for everybody`, async () => {
    const context = await browser.newContext(visitor);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    for (const path of pages) {
      await page.goto(`${server.address}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), language, path);
      assert.deepEqual(await accessibilityProblems(page), [], path);
      const root = 'document.documentElement';
      const wider = await page.evaluate<number>(`${root}.scrollWidth - ${root}.clientWidth`);
      assert.ok(wider <= 0, `${path} is ${wider} px wider than the window`);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
