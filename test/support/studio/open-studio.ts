import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { fromBufferPromise } from 'yauzl';
import { buildStudio } from '#cli/build-studio.ts';
import { launchBrowser } from '../browser.ts';
import { startServerProgram } from '../program.ts';
import { makeScene, type SceneKind } from '../scenes.ts';
import { Visit, type VisitOptions } from './visit.ts';

export interface OpenStudio extends AsyncDisposable {
  readonly address: string;
  /** What the server has logged until now. */
  log(): string;
  visit(options: Omit<VisitOptions, 'screenshotsDir'>): Promise<Visit>;
  /** A photo on the disk, for a person to choose. @returns its path */
  photo(name: string, kind: SceneKind, seed: number): Promise<string>;
  /** How many masks the model has made since the start. */
  masksMade(): Promise<number>;
}

interface OpenOptions {
  /** Settings of the server. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it listens; by itself on a port that is free. */
  readonly port?: number;
}

/**
 * The server as people start it, with its studio, and a browser.
 *
 * `TEST_SCREENSHOTS=1` keeps a picture of all that is looked at, and says where.
 */
export async function openStudio({ env = {}, port = 0 }: OpenOptions = {}): Promise<OpenStudio> {
  const said: string[] = [];
  await buildStudio((line) => said.push(line));
  const dir = await mkdtemp(join(tmpdir(), 'esteira-studio-'));
  const server = await startServerProgram(['--data', join(dir, 'data'), '--port', `${port}`], { cwd: dir, env });
  const browser = await launchBrowser();
  const { address } = server;
  assert.equal((await fetch(address)).status, 200, `${said.join('\n')}${server.stderr()}`);
  let screenshotsDir: string | undefined;
  if (process.env['TEST_SCREENSHOTS']) {
    screenshotsDir = await mkdtemp(join(tmpdir(), 'esteira-screenshots-'));
    process.stdout.write(`Screenshots are in ${screenshotsDir}\n`);
  }
  let photos = 0;
  return {
    address,
    log: () => `${server.stdout()}${server.stderr()}`,
    visit: (options) => Visit.open(browser, address, { ...options, screenshotsDir }),
    async photo(name, kind, seed) {
      const { rgb, widthPx: width, heightPx: height } = makeScene({ kind, seed, widthPx: 480, heightPx: 360 });
      const path = join(dir, `${photos++}`, name);
      await mkdir(join(path, '..'));
      await sharp(rgb, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 92 })
        .toFile(path);
      return path;
    },
    async masksMade() {
      const metrics = await (await fetch(`${address}/metrics`)).text();
      return Number(
        /^esteira_needed_results_total\{processor="image\.mask",how="made"\} (\d+)$/m.exec(metrics)?.[1] ?? 0,
      );
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      assert.equal(server.process.exitCode ?? server.process.signalCode, null, `it ended before: ${server.stderr()}`);
      assert.equal(await server.stop(), 0, server.stderr());
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The files of a downloaded ZIP, by name. */
export async function filesOfZip(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await fromBufferPromise(await readFile(path));
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return files;
}
