import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { type Browser, chromium } from 'playwright-core';
import { findProgram, installWithApt } from './programs.ts';

const require = createRequire(import.meta.url);

/** What keeps it from using a display, a network of its own, or a profile. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A browser without a window; whoever launches it closes it.
 *
 * @throws Error saying what to install when no browser can be had
 */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserProgram(), args });
}

/** From `TEST_BROWSER`, else what is installed, else from Debian's packages as root. */
function browserProgram(): string {
  const named = process.env['TEST_BROWSER'];
  if (named) return named;
  const find = () => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => findProgram(name)).find(Boolean);
  return find() ?? installWithApt('chromium', find, 'TEST_BROWSER to the program of a Chromium');
}

/** What is wrong for people who use the page without a mouse or without seeing it, in a line each. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // What is still fading in has the colours of nobody's choice.
  await page.waitForFunction(() => {
    const { document } = globalThis as unknown as { document: AnimatedDocument };
    interface AnimatedDocument {
      getAnimations(): { readonly effect: { getComputedTiming(): { readonly endTime: number } } | null }[];
    }
    return document
      .getAnimations()
      .every(({ effect }) => effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY);
  });
  // Through the debugger, which the page's own policy does not bind.
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    interface Violation {
      readonly id: string;
      readonly impact: string | null;
      readonly help: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
      );
  });
}
