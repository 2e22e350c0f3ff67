/**
 * The program of a sandbox child: one job at a time, of one processor or of several light ones, started by `sandbox-child.ts` alone.
 */
import { flushCompileCache } from 'node:module';
import { Worker } from 'node:worker_threads';
import { AppError } from '#kernel/errors.ts';
import type { ProcessorRuntime, RuntimeSetup } from '#processors/contract.ts';
import {
  type ChildMessage,
  maxDataChars,
  maxTextChars,
  type ParentMessage,
  type RunMessage,
  type StartMessage,
  type WireError,
} from './messages.ts';
import { describeOutputs } from './outputs.ts';

const progressIntervalMs = 50;
const rssIntervalMs = 100;

/** Where this thread may be blocked in native code for ever, another one notices that the parent is gone. */
const watchParent = `
  const { workerData: parent } = require('node:worker_threads');
  setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 500);
`;
/** As the parent says it: to ask who it is could be too late already. */
const parent = Number(process.argv[2]);

interface Started {
  readonly modules: StartMessage['modules'];
  readonly setup: RuntimeSetup;
}

let started: Started | undefined;
const runtimes = new Map<string, Promise<ProcessorRuntime>>();
const aborts = new Map<number, AbortController>();

process.on('disconnect', () => process.exit(0));
// A terminal sends these to the whole group; when this process ends is for the parent to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

new Worker(watchParent, {
  eval: true,
  workerData: parent,
  stdout: true,
  stderr: true,
  resourceLimits: { maxOldGenerationSizeMb: 8 },
});

if (process.platform !== 'linux') {
  setInterval(() => send({ type: 'rss', rssBytes: process.memoryUsage.rss() }), rssIntervalMs).unref();
}

process.on('message', (message: ParentMessage) => {
  switch (message.type) {
    case 'start':
      void start(message);
      break;
    case 'run':
      void run(message);
      break;
    case 'abort':
      aborts.get(message.job)?.abort();
      break;
  }
});

async function start(message: StartMessage): Promise<void> {
  try {
    const { type, modules, warm, warmParams, ...setup } = message;
    started = { modules, setup };
    // Validated like those of a run.
    if (warm !== undefined) await (await runtimeOf(started, warm)).warm(setup, warmParams as never);
    send({ type: 'ready' });
  } catch (error) {
    send({ type: 'start-failed', error: toWire(error) });
  }
}

/** Loaded when first needed, kept for the life of this process. */
function runtimeOf({ modules }: Started, name: string): Promise<ProcessorRuntime> {
  const known = runtimes.get(name);
  if (known !== undefined) return known;
  const loading = load(modules[name] ?? '', name);
  runtimes.set(name, loading);
  return loading;
}

async function load(moduleUrl: string, name: string): Promise<ProcessorRuntime> {
  const { createRuntime } = (await import(moduleUrl)) as { createRuntime?: () => ProcessorRuntime };
  if (createRuntime === undefined) throw new Error(`${moduleUrl} has no runtime of ${name}`);
  return createRuntime();
}

async function run({ job, processor, params, inputs, needed, scratchDir }: RunMessage): Promise<void> {
  const abort = new AbortController();
  aborts.set(job, abort);
  try {
    if (started === undefined) throw new Error('a job came before the start');
    const runtime = await runtimeOf(started, processor);
    const outputs = await runtime.run({
      ...started.setup,
      inputs,
      needed,
      // Validated by whoever made the job, against the schema of this same processor.
      params: params as never,
      scratchDir,
      progress: progressSender(job),
      log: (text, fields = {}) => send({ type: 'log', message: text.slice(0, maxTextChars), fields: small(fields) }),
      signal: abort.signal,
    });
    keepCompiled();
    send({ type: 'done', job, outputs: describeOutputs(outputs) });
  } catch (error) {
    send({ type: 'failed', job, error: toWire(error) });
  } finally {
    aborts.delete(job);
  }
}

/** Never falling, and no more often than anyone can see. */
function progressSender(job: number): (fraction: number) => void {
  let highest = 0;
  let sentAtMs = 0;
  return (fraction) => {
    const now = performance.now();
    if (!(fraction > highest) || now - sentAtMs < progressIntervalMs) return;
    highest = Math.min(fraction, 1);
    sentAtMs = now;
    send({ type: 'progress', job, fraction: highest });
  };
}

let isKept = false;

/** Node would keep it at the end, and this process is killed. After a first job all that it runs is compiled. */
function keepCompiled(): void {
  if (!isKept) flushCompileCache();
  isKept = true;
}

function send(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}

function toWire(error: unknown): WireError {
  if (error instanceof AppError) {
    return { code: error.code, detail: error.detail.slice(0, maxTextChars), extensions: small(error.extensions) };
  }
  return { stack: describe(error).slice(0, maxTextChars) };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  caused by ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** The fields if they are JSON and small; otherwise nothing, because an error's company must not fail the error. */
function small(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return JSON.stringify(fields).length <= maxDataChars ? fields : {};
  } catch {
    return {};
  }
}
