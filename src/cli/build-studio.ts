import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

/** Where the studio's sources are; an installation without them brings it built. */
export const studioDir = join(import.meta.dirname, '..', '..', 'web');

/** What decides how the studio looks and works; tests beside it do not. It places and judges things as the processors do. */
const sources = [
  'index.html',
  'package.json',
  'vite.config.ts',
  'lingui.config.ts',
  'build',
  'public',
  'src',
  '../src/processors/image',
  '../src/processors/audio/analysis/verdicts',
];
const stamp = 'sources.sha256';
const timeoutMs = 3 * 60_000;

/**
 * Builds the studio where it is not built, or from other sources than there are now: a clone is complete after one
 * `npm start`. A build that fails leaves the one before in place.
 *
 * @param say gets a line when a build begins, and one when it cannot be made
 */
export async function buildStudio(say: (line: string) => void, webDir = studioDir): Promise<void> {
  const dist = join(webDir, 'dist');
  if (!existsSync(join(webDir, 'src'))) return;
  const hash = hashOf(webDir);
  if (builtFrom(dist) === hash) return;
  const vite = viteProgram();
  if (vite === undefined) {
    if (builtFrom(dist) === undefined)
      say('The studio is not built, and what builds it is not installed: run `npm ci`.');
    return;
  }

  say('Building the studio; it takes some seconds, and only after its sources changed.');
  const made = await mkdtemp(`${dist}-`);
  try {
    const failure = await run(vite, webDir, [
      'build',
      webDir,
      '--outDir',
      made,
      '--emptyOutDir',
      '--logLevel',
      'error',
    ]);
    if (failure !== undefined) {
      say(`The studio could not be built; the API works without it. ${failure}`);
      return;
    }
    await writeFile(join(made, stamp), hash);
    await putInPlace(made, dist);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** A hundred small files: some milliseconds at every start. */
function hashOf(webDir: string): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap((name) => filesOf(join(webDir, name))).sort()) {
    hash
      .update(`${relative(webDir, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined || kind.isFile()) return kind === undefined ? [] : [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
}

function builtFrom(dist: string): string | undefined {
  try {
    return readFileSync(join(dist, stamp), 'utf8');
  } catch {
    return undefined;
  }
}

/** The program that builds; undefined in an installation without development dependencies. */
function viteProgram(): string | undefined {
  try {
    return join(createRequire(import.meta.url).resolve('vite/package.json'), '..', 'bin', 'vite.js');
  } catch {
    return undefined;
  }
}

/** @returns why it failed; undefined when it did not */
function run(program: string, webDir: string, args: readonly string[]): Promise<string | undefined> {
  const child = spawn(process.execPath, [program, ...args], {
    // Lingui's macros look for their configuration where they are run.
    cwd: webDir,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(0, 4_000);
  });
  child.on('error', ({ message }) => resolve(message));
  child.on('close', (code, signal) => {
    if (signal !== null) resolve(`It was not done after ${timeoutMs / 60_000} minutes.`);
    // What went wrong comes first, then where in the build's own code.
    else resolve(code === 0 ? undefined : said.split(/^ {4}at /m, 1)[0]?.trim());
  });
  return promise;
}

/** Another start may do the same at the same time: whoever comes last wins, and there is always a whole one. */
async function putInPlace(made: string, dist: string): Promise<void> {
  const old = `${made}-old`;
  try {
    await rename(dist, old).catch(ignoreMissing);
    await rename(made, dist).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
