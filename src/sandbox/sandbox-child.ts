import type { ChildProcess } from 'node:child_process';
import { AppError, isErrorCode } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import type { ProcessorOutput } from '#processors/contract.ts';
import { type LaunchOptions, launch } from './launch.ts';
import { readLines } from './line-reader.ts';
import { type ChildMessage, maxTextChars, type ParentMessage, type StartMessage, type WireError } from './messages.ts';
import { verifyOutputs } from './outputs.ts';
import { residentBytes } from './resident-memory.ts';
import type { SandboxRequest } from './sandbox.ts';

export type SandboxLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export type ChildState = 'starting' | 'idle' | 'busy' | 'gone';

/** Why a child was killed by us; `undefined` in its place means that it fell by itself. */
export type KillReason = 'deadline' | 'memory' | 'cancel' | 'shutdown' | 'start' | 'idle' | 'recycle';

export interface SandboxChildOptions extends LaunchOptions {
  /** What it is called in messages: its processor, or `light`. */
  readonly family: string;
  readonly start: Omit<StartMessage, 'type'>;
  readonly startTimeoutMs: number;
  /** After this long without work the child ends, unless it is one that stays. */
  readonly idleMs: number;
  readonly stays: () => boolean;
  readonly log: SandboxLog;
  readonly onReady: () => void;
  /** The process has ended and is no zombie; `error` is what kept it from starting. */
  readonly onGone: (reason: KillReason | undefined, error: AppError | undefined) => void;
}

interface Running {
  readonly job: number;
  readonly request: SandboxRequest;
  readonly done: PromiseWithResolvers<readonly ProcessorOutput[]>;
}

const rssPollMs = 100;
const abortGraceMs = 250;
const maxLogLinesPerJob = 100;
const maxLineChars = 1_000;

/** One child process from its start to its end. */
export class SandboxChild {
  readonly family: string;
  state: ChildState = 'starting';
  jobsDone = 0;
  rssBytes = 0;
  idleSinceMs = performance.now();
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;

  readonly #options: SandboxChildOptions;
  readonly #process: ChildProcess;
  readonly #startTimer: NodeJS.Timeout;
  #running: Running | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #killReason: KillReason | undefined;
  #startError: AppError | undefined;
  #nextJob = 1;
  #logLines = 0;

  constructor(options: SandboxChildOptions) {
    this.family = options.family;
    this.#options = options;
    this.#process = launch(options);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    const gone = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (this.state === 'gone') return;
      this.#onGone(code, signal);
      resolve();
    };
    this.#process.once('exit', gone);
    // Without a pid nothing was started, and no exit will come.
    this.#process.on('error', (error) => {
      options.log('error', 'sandbox child: process error', { family: this.family, err: error });
      if (this.#process.pid === undefined) gone(null, null);
    });
    this.#process.on('message', (message: ChildMessage) => this.#onMessage(message));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream !== null) readLines(stream, maxLineChars, (line) => this.#log('warn', line, {}));
    }
    this.#startTimer = setTimeout(() => {
      this.#startError = new AppError(
        'WORKER_CRASHED',
        `${this.family} was not ready after ${options.startTimeoutMs / 1000} s. The machine may be overloaded.`,
      );
      this.kill('start');
    }, options.startTimeoutMs);
    this.#send({ type: 'start', ...options.start });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** True from the kill on, when its place may be given away. */
  get ending(): boolean {
    return this.state === 'gone' || this.#killReason !== undefined;
  }

  /** Runs one job. The returned promise settles only when the child can take another one or is gone. */
  async run(request: SandboxRequest): Promise<readonly ProcessorOutput[]> {
    const running: Running = { job: this.#nextJob++, request, done: Promise.withResolvers() };
    this.#running = running;
    this.#logLines = 0;
    this.state = 'busy';
    clearTimeout(this.#idleTimer);
    try {
      const outputs = await this.#supervise(running);
      return await verifyOutputs(outputs, request.scratchDir);
    } catch (error) {
      if (!request.signal.aborted || this.#killReason === 'shutdown') throw error;
      throw cancelled(request.processor);
    } finally {
      this.#running = undefined;
      this.jobsDone++;
      this.#rest();
    }
  }

  /** Ends the process now. Native code gets no say. */
  kill(reason: KillReason): void {
    if (this.ending) return;
    this.#killReason = reason;
    this.#process.kill('SIGKILL');
  }

  /** Until the child answers or is gone: the deadline, the memory limit and the caller's signal end it. */
  async #supervise({ job, request, done }: Running): Promise<readonly ProcessorOutput[]> {
    const { processor, params, inputs, needed, scratchDir, signal } = request;
    const deadline = setTimeout(() => this.kill('deadline'), request.deadlineMs);
    const poll = setInterval(() => this.#checkMemory(), rssPollMs);
    let grace: NodeJS.Timeout | undefined;
    const abort = (): void => {
      this.#send({ type: 'abort', job });
      grace = setTimeout(() => this.kill('cancel'), abortGraceMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      request.onStart?.();
      this.#send({ type: 'run', job, processor, params, inputs, needed, scratchDir });
      return await done.promise;
    } finally {
      clearTimeout(deadline);
      clearInterval(poll);
      clearTimeout(grace);
      signal.removeEventListener('abort', abort);
    }
  }

  #rest(): void {
    this.#readMemory();
    if (this.ending) return;
    this.state = 'idle';
    this.idleSinceMs = performance.now();
    this.#endWhenIdle();
  }

  #endWhenIdle(): void {
    const { idleMs, stays } = this.#options;
    this.#idleTimer = setTimeout(() => (stays() ? this.#endWhenIdle() : this.kill('idle')), idleMs);
  }

  #onMessage(message: ChildMessage): void {
    const running = this.#running;
    switch (message.type) {
      case 'ready':
        clearTimeout(this.#startTimer);
        this.#rest();
        this.#options.onReady();
        break;
      case 'start-failed':
        this.#startError = this.#received(message.error);
        this.kill('start');
        break;
      case 'progress':
        if (running?.job === message.job) running.request.onProgress?.(message.fraction);
        break;
      case 'done':
        if (running?.job === message.job) running.done.resolve(message.outputs);
        break;
      case 'failed':
        if (running?.job === message.job) running.done.reject(this.#received(message.error));
        break;
      case 'log':
        this.#log('info', message.message, message.fields);
        break;
      case 'rss':
        this.rssBytes = message.rssBytes;
        break;
    }
  }

  #onGone(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.#startTimer);
    clearTimeout(this.#idleTimer);
    const starting = this.state === 'starting';
    this.state = 'gone';
    const reason = this.#killReason;
    const error = this.#whyGone(code, signal);
    if (reason === undefined) this.#options.log('error', 'sandbox child: crashed', { ...this.#about(), code, signal });
    this.#running?.done.reject(error);
    this.#options.onGone(reason, starting ? (this.#startError ?? error) : undefined);
  }

  #whyGone(code: number | null, signal: NodeJS.Signals | null): AppError {
    const processor = this.#working();
    switch (this.#killReason) {
      case undefined:
        return new AppError('WORKER_CRASHED', `The process running ${processor} ${fall(code, signal)}.`);
      case 'deadline': {
        const seconds = (this.#running?.request.deadlineMs ?? 0) / 1000;
        return new AppError(
          'JOB_DEADLINE',
          `${processor} took longer than its limit of ${seconds} s and was stopped. Try a smaller file.`,
        );
      }
      case 'memory':
        return new AppError(
          'JOB_MEMORY_LIMIT',
          `${processor} needed more than ${formatBytes(this.#options.rssLimitBytes)} of memory and was stopped. ` +
            'Try a smaller file.',
        );
      case 'shutdown':
        return new AppError('SHUTTING_DOWN', 'The server is shutting down; the job was stopped. Try again later.');
      case 'cancel':
        return cancelled(processor);
      case 'start':
      case 'idle':
      case 'recycle':
        return this.#startError ?? new AppError('WORKER_CRASHED', `The process for ${processor} was ended.`);
    }
  }

  #readMemory(): void {
    this.rssBytes = residentBytes(this.pid) ?? this.rssBytes;
  }

  #checkMemory(): void {
    this.#readMemory();
    if (this.rssBytes > this.#options.rssLimitBytes) this.kill('memory');
  }

  #received(error: WireError): AppError {
    if ('code' in error && isErrorCode(error.code)) {
      return new AppError(error.code, String(error.detail), { extensions: error.extensions });
    }
    const stack = 'stack' in error ? String(error.stack).slice(0, maxTextChars) : 'an unknown error code';
    this.#options.log('error', 'sandbox child: unexpected error', { ...this.#about(), stack });
    return new AppError(
      'JOB_FAILED',
      `${this.#working()} failed in a way it did not foresee. The reason is in the log.`,
    );
  }

  #log(level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#logLines++;
    if (this.#logLines > maxLogLinesPerJob) return;
    const last = this.#logLines === maxLogLinesPerJob ? ' (further lines of this job are dropped)' : '';
    this.#options.log(level, `sandbox child: ${message}${last}`, { ...fields, ...this.#about() });
  }

  /** Whose work it is that an error tells of. */
  #working(): string {
    return this.#running?.request.processor ?? this.family;
  }

  #about(): { readonly processor: string; readonly pid: number } {
    return { processor: this.#working(), pid: this.pid };
  }

  #send(message: ParentMessage): void {
    // A child that has just died has no pipe; its exit tells the rest.
    if (this.#process.connected) this.#process.send(message, () => {});
  }
}

export function cancelled(processor: string): AppError {
  return new AppError('JOB_CANCELLED', `The job (${processor}) was cancelled before it finished.`);
}

function fall(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') return 'was ended by SIGKILL, most likely because the machine ran out of memory';
  if (signal === 'SIGABRT') return 'aborted itself (SIGABRT)';
  if (signal === 'SIGSEGV' || signal === 'SIGBUS') return `touched memory that is not its own (${signal})`;
  if (signal === 'SIGILL') return 'met an instruction that this processor does not have (SIGILL)';
  if (signal === 'SIGXFSZ') return 'wrote a file larger than 4 GiB (SIGXFSZ)';
  if (signal !== null) return `was ended by ${signal}`;
  return code === null ? 'could not be started' : `ended by itself with exit code ${code}`;
}
