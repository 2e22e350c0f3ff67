import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, BrowserContext, CDPSession, Locator, Page, Request } from 'playwright-core';
import { accessibilityProblems } from '../browser.ts';
import { until } from '../until.ts';
import { type Language, type Say, wordsOf } from './words.ts';

export const sizes = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1_440, height: 900 }, hasTouch: false, isMobile: false },
} as const;
export type Size = keyof typeof sizes;

/** A place in an element: shares of its width and height. */
export type Place = readonly [across: number, down: number];

export interface VisitOptions {
  readonly language: Language;
  readonly size: Size;
  /** Gets what is behind the pages before the first of them is opened. */
  readonly prepare?: (context: BrowserContext) => Promise<unknown>;
  /** Where `look` leaves pictures; nowhere without it. */
  readonly screenshotsDir?: string | undefined;
}

/** For whatever the page waits for; no test is about time. */
const patienceMs = 60_000;
const schemes = ['light', 'dark'] as const;

/** What is read of a page here; the tests have no types of browsers. */
interface Html {
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly ownerDocument: {
    readonly activeElement: unknown;
    readonly images: Iterable<{ readonly complete: boolean; readonly loading: string }>;
    getAnimations(): { readonly effect: { getComputedTiming(): { readonly endTime: number } } | null }[];
  };
}

/** A person at the studio: with a finger on a phone, with a mouse at a desk. */
export class Visit implements AsyncDisposable {
  readonly page: Page;
  readonly say: Say;
  readonly size: Size;
  readonly language: Language;
  /** Requests that are to fail, by address. */
  readonly expected: RegExp[] = [];
  readonly #context: BrowserContext;
  readonly #debugger: CDPSession;
  readonly #screenshotsDir: string | undefined;
  readonly #problems: string[] = [];
  readonly #looks = new Set<string>();

  static async open(browser: Browser, address: string, options: VisitOptions): Promise<Visit> {
    const { language, size } = options;
    const context = await browser.newContext({
      ...sizes[size],
      baseURL: address,
      locale: language === 'en' ? 'en-US' : 'pt-BR',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(patienceMs);
    await options.prepare?.(context);
    const page = await context.newPage();
    return new Visit(context, page, await context.newCDPSession(page), options);
  }

  private constructor(context: BrowserContext, page: Page, cdp: CDPSession, options: VisitOptions) {
    this.#context = context;
    this.#debugger = cdp;
    this.#screenshotsDir = options.screenshotsDir;
    this.page = page;
    this.size = options.size;
    this.language = options.language;
    this.say = wordsOf(options.language);
    this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }

  /** What went wrong since the last time: in the console, with the policy, in requests, for whom a page is hard to use. */
  problems(): readonly string[] {
    return this.#problems.splice(0);
  }

  /** A tap or a click. */
  async press(target: Locator): Promise<void> {
    await (this.size === 'phone' ? target.tap() : target.click());
  }

  /** Presses a button with these words. */
  async pressButton(message: string, values?: Readonly<Record<string, string>>): Promise<void> {
    await this.press(this.button(message, values));
  }

  button(message: string, values?: Readonly<Record<string, string>>): Locator {
    return this.page.getByRole('button', { name: this.say(message, values), exact: true });
  }

  /** Chooses from the menu that a button opens. */
  async choose(button: Locator, message: string): Promise<void> {
    await this.press(button);
    await this.press(this.page.getByRole('menuitem', { name: this.say(message), exact: true }));
  }

  /** Presses a key until the focus is on an element: Tab for onward, Shift+Tab for back. */
  async tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await this.reach(target, key);
  }

  /** The same with any key that moves the focus. */
  async reach(target: Locator, key: string): Promise<void> {
    for (let presses = 0; presses < 100; presses++) {
      await this.page.keyboard.press(key);
      if (await target.evaluate((element: Html) => element === element.ownerDocument.activeElement)) return;
    }
    throw new Error(`${key} does not lead to ${target}`);
  }

  /** To another page, by the header. */
  async goTo(message: string): Promise<void> {
    const navigation = this.page.getByRole('navigation', { name: this.say('Main') });
    await this.press(navigation.getByRole('link', { name: this.say(message), exact: true }));
    await this.page.getByRole('heading', { level: 1, name: this.say(message), exact: true }).waitFor();
  }

  /** With the finger or the mouse, from one place of an element to another. */
  async drag(target: Locator, from: Place, to: Place): Promise<void> {
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (box === null) throw new Error(`not shown: ${target}`);
    const at = ([across, down]: Place) => ({ x: box.x + box.width * across, y: box.y + box.height * down });
    const steps = 8;
    const way = Array.from({ length: steps }, (_, step) => {
      const share = (step + 1) / steps;
      return at([from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]);
    });
    if (this.size === 'desktop') {
      await this.page.mouse.move(at(from).x, at(from).y);
      await this.page.mouse.down();
      for (const { x, y } of way) await this.page.mouse.move(x, y);
      await this.page.mouse.up();
      return;
    }
    // Says itself when each thing happened, however busy the machine: a finger that rests before it moves asks for the
    // browser's menu, and one that is lifted while it moves lets the page glide on, so that the next tap only stops it.
    const startedMs = Date.now() - 1_000;
    const touch = (
      type: 'touchStart' | 'touchMove' | 'touchEnd',
      afterMs: number,
      touchPoints: { x: number; y: number }[],
    ) =>
      this.#debugger.send('Input.dispatchTouchEvent', { type, touchPoints, timestamp: (startedMs + afterMs) / 1_000 });
    await Promise.all([
      touch('touchStart', 0, [at(from)]),
      ...way.map((point, step) => touch('touchMove', 16 * (step + 1), [point])),
      touch('touchMove', 600, [at(to)]),
      touch('touchEnd', 900, []),
    ]);
  }

  /**
   * Drags files or folders from outside over the page and lets them go, as the browser itself does it.
   *
   * @param hover runs while they are over the page
   */
  async drop(paths: readonly string[], hover: () => Promise<void>): Promise<void> {
    const send = (type: 'dragEnter' | 'dragOver' | 'drop') =>
      this.#debugger.send('Input.dispatchDragEvent', {
        type,
        x: 200,
        y: 300,
        data: { items: [], files: [...paths], dragOperationsMask: 1 },
      });
    await send('dragEnter');
    await send('dragOver');
    await hover();
    await send('drop');
  }

  /** Lets uploads crawl, or go again. @param bytesPerSecond of uploads; −1 for no limit */
  async limitUploads(bytesPerSecond: number): Promise<void> {
    const open = { offline: false, latency: 0, downloadThroughput: -1 };
    await this.#debugger.send('Network.enable');
    await this.#debugger.send('Network.emulateNetworkConditions', { ...open, uploadThroughput: bytesPerSecond });
  }

  /** Cuts the network, or brings it back. */
  async setOffline(offline: boolean): Promise<void> {
    await this.#context.setOffline(offline);
  }

  /** Looks at the page in both colours: whoever cannot see it or has no mouse can use it, and nothing sticks out. */
  async look(name: string): Promise<void> {
    if (this.#looks.has(name)) throw new Error(`"${name}" was looked at already`);
    this.#looks.add(name);
    for (const colorScheme of schemes) {
      await this.page.emulateMedia({ colorScheme });
      await this.#settled(colorScheme);
      const where = `${name}, ${colorScheme}`;
      this.#problems.push(...(await accessibilityProblems(this.page)).map((problem) => `${where}: ${problem}`));
      const wider = await this.page.locator('html').evaluate((html: Html) => html.scrollWidth - html.clientWidth);
      if (wider > 0) this.#problems.push(`${where}: the page is ${wider} px wider than its window`);
      if (this.#screenshotsDir !== undefined) {
        const file = `${this.language}-${this.size}-${String(this.#looks.size).padStart(2, '0')}-${name}-${colorScheme}.png`;
        await this.page.screenshot({ path: join(this.#screenshotsDir, file), fullPage: true });
      }
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
    await this.#settled('light');
  }

  /** In its colours, with all its pictures, and nothing on its way from one colour to another. */
  async #settled(colorScheme: string): Promise<void> {
    const html = this.page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`);
    await until(async () => {
      const waiting = await html.evaluate(({ ownerDocument }: Html) => {
        const pictures = [...ownerDocument.images].filter(
          ({ complete, loading }) => !complete && loading !== 'lazy',
        ).length;
        // What turns for as long as something is waited for has no end.
        const moves = ownerDocument
          .getAnimations()
          .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
        return pictures + moves.length;
      });
      assert.equal(waiting, 0);
    }, patienceMs);
    // What is drawn by hand follows in the next frame.
    await this.page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  }

  #listen(): void {
    const { page } = this;
    const report = (request: Request, what: string): void => {
      const { pathname } = new URL(request.url());
      if (!this.expected.some((pattern) => pattern.test(pathname))) {
        this.#problems.push(`${request.method()} ${pathname}: ${what}`);
      }
    };
    page.on('console', (message) => {
      // What could not be loaded is reported below, with its address.
      if (!/^(error|warning)$/.test(message.type()) || message.text().startsWith('Failed to load resource')) return;
      this.#problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#problems.push(`exception: ${error.stack ?? error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 400) report(response.request(), `HTTP ${response.status()}`);
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // A page that is left stops asking, and a download is no page.
      if (why !== 'net::ERR_ABORTED' || request.method() !== 'GET') report(request, why);
    });
  }
}
