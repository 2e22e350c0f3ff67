import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import type { ProcessorOutput } from '#processors/contract.ts';
import type { ChildKind, ChildTargets, KindStats, Sandbox, SandboxRequest, SandboxStats } from './sandbox.ts';
import { childKinds } from './sandbox.ts';
import { cancelled, type KillReason, SandboxChild, type SandboxLog } from './sandbox-child.ts';

export interface SandboxOptions {
  /** Processor name → `file:` URL of the module that exports it. */
  readonly processors: Readonly<Record<string, string>>;
  readonly modelsDir: string;
  /** Every scratch folder lies in here; besides `modelsDir`, children may write nowhere else. */
  readonly scratchRoot: string;
  /** Those that share their children, with one thread each. */
  readonly light: ReadonlySet<string>;
  /** Processor name → programs that its children may start, by name, with their paths. None when absent. */
  readonly programs?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly maxLightChildren: number;
  readonly maxChildren: number;
  /** Of those with a model: so many stay once they were started. None when absent. */
  readonly minChildren?: number;
  readonly threadsPerChild: number;
  /** Estimated memory of the jobs running at once. */
  readonly memoryBudgetBytes: number;
  /** Measured memory of one child. */
  readonly rssLimitBytes: number;
  /** Jobs that may wait for a child or for memory. */
  readonly maxWaiting: number;
  readonly idleMs: number;
  readonly recycleAfterJobs: number;
  readonly recycleAboveRssBytes: number;
  readonly startTimeoutMs: number;
  /** What the deadline of every job is multiplied by; 1 when absent. */
  readonly deadlineFactor?: number;
  /** What may compute networks, best first; the CPU alone when absent. */
  readonly executionProviders?: readonly string[];
  readonly jemallocPath?: string | undefined;
  /** What children may read besides the program, models and scratch; everything when absent. */
  readonly readableDirs?: readonly string[];
  readonly log: SandboxLog;
}

/** The family of the children that light processors share; no processor is called so. */
const lightFamily = 'light';
const firstBackoffMs = 100;
const longestBackoffMs = 10_000;

export function createSandbox(options: SandboxOptions): Sandbox {
  return new ProcessSandbox(options);
}

interface Waiting {
  readonly request: SandboxRequest;
  readonly result: PromiseWithResolvers<readonly ProcessorOutput[]>;
  readonly sinceMs: number;
}

interface Backoff {
  readonly crashesInARow: number;
  readonly untilMs: number;
}

class ProcessSandbox implements Sandbox {
  readonly #options: SandboxOptions;
  readonly #children = new Set<SandboxChild>();
  readonly #backoffs = new Map<string, Backoff>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #warming = new Map<SandboxChild, PromiseWithResolvers<void>>();
  #line: Waiting[] = [];
  #targets: ChildTargets;
  #runningBytes = 0;
  #closed = false;
  #crashes = 0;
  #deadlineKills = 0;
  #memoryKills = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
    const { idleMs, maxChildren, maxLightChildren } = options;
    this.#targets = {
      own: { children: maxChildren, reason: 'maximum', idleMs },
      light: { children: maxLightChildren, reason: 'maximum', idleMs },
    };
  }

  async run(request: SandboxRequest): Promise<readonly ProcessorOutput[]> {
    this.#mayRun(request.processor);
    if (request.signal.aborted) throw cancelled(request.processor);
    const { memoryBudgetBytes, maxWaiting } = this.#options;
    if (request.memoryBytes > memoryBudgetBytes) {
      throw new AppError(
        'RESOURCE_LIMIT',
        `This job needs about ${formatBytes(request.memoryBytes)} of memory; this server gives its jobs ` +
          `${formatBytes(memoryBudgetBytes)}. Use a smaller file, or raise ESTEIRA_WORKER_MEMORY_BYTES.`,
        { extensions: { neededBytes: request.memoryBytes, limitBytes: memoryBudgetBytes } },
      );
    }
    const deadlineMs = request.deadlineMs * (this.#options.deadlineFactor ?? 1);
    const waiting: Waiting = {
      request: { ...request, deadlineMs },
      result: Promise.withResolvers(),
      sinceMs: performance.now(),
    };
    const leave = (): void => this.#leave(waiting, cancelled(request.processor));
    request.signal.addEventListener('abort', leave, { once: true });
    try {
      this.#line.push(waiting);
      this.#pump();
      if (this.#line.length > maxWaiting) this.#leave(waiting, overloaded(maxWaiting));
      return await waiting.result.promise;
    } finally {
      request.signal.removeEventListener('abort', leave);
    }
  }

  async warm(processor: string): Promise<void> {
    this.#mayRun(processor);
    const family = this.#familyOf(processor);
    const children = this.#alive().filter((child) => child.family === family);
    if (children.some(({ state }) => state !== 'starting')) return;
    const child = children[0] ?? (this.#hasRoom(family) ? this.#spawn(family) : undefined);
    if (child === undefined) return;
    const ready = this.#warming.get(child) ?? Promise.withResolvers<void>();
    this.#warming.set(child, ready);
    await ready.promise;
  }

  scale(targets: ChildTargets): void {
    this.#targets = targets;
    for (const kind of childKinds) {
      const { children, idleMs } = targets[kind];
      const alive = this.#aliveOf(kind);
      const restedSinceMs = performance.now() - idleMs;
      const rested = alive
        .filter((child) => child.state === 'idle' && child.idleSinceMs <= restedSinceMs)
        .toSorted((a, b) => a.idleSinceMs - b.idleSinceMs);
      for (const child of rested.slice(0, Math.max(0, alive.length - children))) child.kill('idle');
    }
    this.#pump();
  }

  stats(): SandboxStats {
    return {
      kinds: { own: this.#statsOf('own'), light: this.#statsOf('light') },
      children: this.#alive().map(({ pid, family, state, jobsDone, rssBytes }) => ({
        pid,
        family,
        busy: state === 'busy',
        jobsDone,
        rssBytes,
      })),
      waiting: this.#line.length,
      crashes: this.#crashes,
      deadlineKills: this.#deadlineKills,
      memoryKills: this.#memoryKills,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const waiting of this.#line.splice(0)) waiting.result.reject(shuttingDown());
    const children = [...this.#children];
    for (const child of children) child.kill('shutdown');
    await Promise.all(children.map((child) => child.ended));
  }

  #mayRun(processor: string): void {
    if (this.#closed) throw shuttingDown();
    if (!Object.hasOwn(this.#options.processors, processor)) {
      throw new AppError('UNKNOWN_PROCESSOR', `There is no processor named ${processor.slice(0, 80)} here.`);
    }
  }

  #leave(waiting: Waiting, error: AppError): void {
    const index = this.#line.indexOf(waiting);
    if (index === -1) return; // it runs; its child hears the signal itself
    this.#line.splice(index, 1);
    waiting.result.reject(error);
    this.#pump();
  }

  /**
   * Gives what is free to who waits, first come first served. Memory is kept for the first that needs it, so a
   * large job is never overtaken for ever; a family that keeps crashing holds up nobody else.
   */
  #pump(): void {
    if (this.#closed) return;
    const starting = new Map<string, number>();
    for (const { state, family } of this.#alive()) {
      if (state === 'starting') starting.set(family, (starting.get(family) ?? 0) + 1);
    }
    let claimedBytes = this.#runningBytes;
    for (const waiting of [...this.#line]) {
      const { processor, memoryBytes } = waiting.request;
      if (claimedBytes + memoryBytes > this.#options.memoryBudgetBytes) return;
      const family = this.#familyOf(processor);
      const idle = this.#leastRecentlyUsed((child) => child.family === family);
      if (idle !== undefined) {
        claimedBytes += memoryBytes;
        this.#line.splice(this.#line.indexOf(waiting), 1);
        void this.#runIn(idle, waiting);
        continue;
      }
      if ((this.#backoffs.get(family)?.untilMs ?? 0) > performance.now()) continue;
      claimedBytes += memoryBytes;
      const coming = starting.get(family) ?? 0;
      if (coming > 0) starting.set(family, coming - 1);
      else if (this.#makeRoom(family)) this.#spawn(family, waiting.request);
    }
  }

  async #runIn(child: SandboxChild, { request, result }: Waiting): Promise<void> {
    this.#runningBytes += request.memoryBytes;
    try {
      result.resolve(await child.run(request));
      this.#backoffs.delete(child.family);
    } catch (error) {
      result.reject(error);
    } finally {
      this.#runningBytes -= request.memoryBytes;
      this.#recycle(child);
      this.#pump();
    }
  }

  #recycle(child: SandboxChild): void {
    const { recycleAfterJobs, recycleAboveRssBytes } = this.#options;
    if (child.jobsDone >= recycleAfterJobs || child.rssBytes > recycleAboveRssBytes) child.kill('recycle');
  }

  #familyOf(processor: string): string {
    return this.#options.light.has(processor) ? lightFamily : processor;
  }

  /** @param first the job that it is started for, if it is for one */
  #spawn(family: string, first?: SandboxRequest): SandboxChild {
    const { processors, light, modelsDir, scratchRoot, ...options } = this.#options;
    const threads = family === lightFamily ? 1 : options.threadsPerChild;
    const modules = Object.fromEntries(
      Object.entries(processors).filter(([name]) => (family === lightFamily ? light.has(name) : name === family)),
    );
    const programs = options.programs?.get(family);
    const child: SandboxChild = new SandboxChild({
      family,
      start: {
        modules,
        modelsDir,
        threads,
        memoryBytes: options.rssLimitBytes,
        executionProviders: options.executionProviders ?? ['cpu'],
        ...(programs !== undefined && { programs }),
        ...(family !== lightFamily && { warm: family, warmParams: first?.params }),
      },
      readableDirs: options.readableDirs,
      writableDirs: [modelsDir, scratchRoot],
      workingDir: scratchRoot,
      threads,
      rssLimitBytes: options.rssLimitBytes,
      programs,
      jemallocPath: options.jemallocPath,
      startTimeoutMs: options.startTimeoutMs,
      idleMs: options.idleMs,
      stays: () => kindOf(family) === 'own' && this.#aliveOf('own').length <= (options.minChildren ?? 0),
      log: options.log,
      onReady: () => {
        this.#warming.get(child)?.resolve();
        this.#warming.delete(child);
        this.#pump();
      },
      onGone: (reason, startError) => this.#onGone(child, reason, startError),
    });
    this.#children.add(child);
    return child;
  }

  #onGone(child: SandboxChild, reason: KillReason | undefined, startError: AppError | undefined): void {
    this.#children.delete(child);
    if (reason === 'deadline') this.#deadlineKills++;
    if (reason === 'memory') this.#memoryKills++;
    if (reason === undefined) this.#crashes++;
    if (reason === undefined || reason === 'start') this.#backOff(child.family);
    if (startError !== undefined) {
      // Somebody has to hear that the family does not start: whoever has waited longest for it.
      this.#warming.get(child)?.reject(startError);
      this.#warming.delete(child);
      const first = this.#line.find(({ request }) => this.#familyOf(request.processor) === child.family);
      if (first !== undefined) this.#leave(first, startError);
    }
    this.#pump();
  }

  #backOff(family: string): void {
    const crashesInARow = (this.#backoffs.get(family)?.crashesInARow ?? 0) + 1;
    const delayMs = Math.min(firstBackoffMs * 2 ** (crashesInARow - 1), longestBackoffMs);
    this.#backoffs.set(family, { crashesInARow, untilMs: performance.now() + delayMs });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#pump();
    }, delayMs + 1);
    this.#timers.add(timer);
  }

  #alive(): SandboxChild[] {
    return [...this.#children].filter((child) => !child.ending);
  }

  #aliveOf(kind: ChildKind): SandboxChild[] {
    return this.#alive().filter((child) => kindOf(child.family) === kind);
  }

  #statsOf(kind: ChildKind): KindStats {
    const alive = this.#aliveOf(kind);
    const waiting = this.#line.filter(({ request }) => kindOf(this.#familyOf(request.processor)) === kind);
    return {
      children: alive.length,
      busy: alive.filter(({ state }) => state === 'busy').length,
      rssBytes: Math.max(0, ...alive.map(({ rssBytes }) => rssBytes)),
      waiting: waiting.length,
      oldestWaitSeconds: waiting[0] === undefined ? 0 : (performance.now() - waiting[0].sinceMs) / 1_000,
      target: this.#targets[kind],
    };
  }

  /** Light children are counted apart: they cost little, and a model that is loaded should stay. */
  #hasRoom(family: string): boolean {
    const kind = kindOf(family);
    return this.#aliveOf(kind).length < this.#targets[kind].children;
  }

  /** True when one more child may be started; an idle one of another family makes way for it. */
  #makeRoom(family: string): boolean {
    if (this.#hasRoom(family)) return true;
    if (family === lightFamily) return false;
    const idle = this.#leastRecentlyUsed((child) => child.family !== lightFamily);
    idle?.kill('idle');
    return idle !== undefined;
  }

  #leastRecentlyUsed(fits: (child: SandboxChild) => boolean): SandboxChild | undefined {
    let oldest: SandboxChild | undefined;
    for (const child of this.#alive()) {
      if (child.state !== 'idle' || !fits(child)) continue;
      if (oldest === undefined || child.idleSinceMs < oldest.idleSinceMs) oldest = child;
    }
    return oldest;
  }
}

function kindOf(family: string): ChildKind {
  return family === lightFamily ? 'light' : 'own';
}

function overloaded(maxWaiting: number): AppError {
  return new AppError(
    'OVERLOADED',
    `${maxWaiting} jobs are waiting for a process already. Try again in a few seconds.`,
    { extensions: { retryAfterSeconds: 5 } },
  );
}

function shuttingDown(): AppError {
  return new AppError('SHUTTING_DOWN', 'The server is shutting down. Try again in a moment.');
}
