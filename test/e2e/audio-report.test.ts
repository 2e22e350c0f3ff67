import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { htmlReport } from '#processors/audio/analysis/report/html-report.ts';
import { optionsOf, troubledAnalysis } from '#processors/audio/analysis/report/test-report.ts';
import { accessibilityProblems, launchBrowser } from '../support/browser.ts';

/** A mix report as people open it: from a disk, in both languages, on a phone and on a desk, light and dark. */
describe('a report in a browser', () => {
  let browser: Browser;
  let folder: string;

  before(async () => {
    browser = await launchBrowser();
    folder = await mkdtemp(join(tmpdir(), 'esteira-report-'));
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  for (const language of ['en', 'pt-BR'] as const) {
    for (const [width, colorScheme] of [
      [390, 'light'],
      [1_200, 'dark'],
    ] as const) {
      test(`${language}, ${width} px, ${colorScheme}: fits, is accessible, asks nobody for anything, hides no picture`, async () => {
        const path = join(folder, `${language}.html`);
        await writeFile(
          path,
          htmlReport(troubledAnalysis(), optionsOf({ language, title: '<script>alert(1)</script>' })),
        );
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
        const [asked, complaints] = watch(page);
        await page.goto(pathToFileURL(path).href);
        assert.equal(await page.locator('h1').textContent(), '<script>alert(1)</script>');
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        const pictures = page.locator('figure svg:visible');
        assert.equal(await pictures.count(), 6);
        assert.deepEqual(await smallestLetters(page), { px: 11 });
        for (const summary of await page.locator('summary').all()) {
          if ((await summary.locator('..').getAttribute('open')) === null) await summary.click();
        }
        assert.equal(await page.locator('table:visible').count(), 8);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        assert.deepEqual(await accessibilityProblems(page), []);
        assert.deepEqual(asked, [pathToFileURL(path).href]);
        assert.deepEqual(complaints, []);
        await page.close();
      });
    }
  }
});

/** What the page asks for beyond itself, and what the browser has to say, refusals of its policy among it. */
function watch(page: Page): [asked: string[], complaints: string[]] {
  const [asked, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) asked.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  return [asked, complaints];
}

/** Letters of pictures as they come out on the screen, rounded down. */
async function smallestLetters(page: Page): Promise<{ px: number }> {
  return await page.evaluate(() => {
    interface Letters {
      getScreenCTM(): { readonly a: number } | null;
      getAttribute(name: string): string | null;
      checkVisibility(): boolean;
    }
    const { document } = globalThis as unknown as {
      document: { querySelectorAll(selector: string): Iterable<Letters> };
    };
    const sizes = [...document.querySelectorAll('figure svg text')]
      .filter((text) => text.checkVisibility())
      .map((text) => Number(text.getAttribute('font-size')) * (text.getScreenCTM()?.a ?? 0));
    return { px: Math.round(Math.min(...sizes)) };
  });
}
