import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BareTask } from './bare-loop.ts';
import type { Engine, Task } from './task.ts';

/** The bare script in several processes, each with its share of the files. */
export function bareEngine(kind: 'resize' | 'compose', workers: number, outDir: string): Engine {
  const program = fileURLToPath(new URL('./bare-loop.ts', import.meta.url));
  const children = Array.from({ length: workers }, () =>
    fork(program, [kind, outDir], { env: { ...process.env, MALLOC_ARENA_MAX: '2' } }),
  );
  return {
    name: 'bare sharp',
    async turn(task) {
      const startedMs = performance.now();
      await Promise.all(children.map((child, worker) => share(child, task, worker, workers)));
      return performance.now() - startedMs;
    },
    async close() {
      for (const child of children) child.disconnect();
      await Promise.all(children.map((child) => once(child, 'exit')));
    },
  };
}

async function share(child: ChildProcess, task: Task, worker: number, workers: number): Promise<void> {
  const mine = (_: unknown, at: number): boolean => at % workers === worker;
  const own: BareTask = { ...task, worker, files: task.files.filter(mine), masks: task.masks.filter(mine) };
  child.send(own);
  const [answer] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
  if (typeof answer !== 'number') throw new Error('the bare script ended');
}
