import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = `
  import { mkdirSync } from 'node:fs';
  import { createSandbox } from '#sandbox/process-sandbox.ts';
  const [processor, root] = process.argv.slice(1);
  const moduleUrl = new URL('./src/sandbox/fixtures/' + processor.slice(5) + '.ts', 'file://' + process.cwd() + '/').href;
  const sandbox = createSandbox({
    processors: { [processor]: moduleUrl }, modelsDir: root, scratchRoot: root, light: new Set(), maxLightChildren: 0, maxChildren: 1, threadsPerChild: 1,
    memoryBudgetBytes: 1, rssLimitBytes: 1e9, maxWaiting: 1, idleMs: 1e6, recycleAfterJobs: 1, recycleAboveRssBytes: 1e9,
    startTimeoutMs: 1e5, log: () => {},
  });
  mkdirSync(root + '/job');
  sandbox.run({
    processor, params: { ms: 1e6 }, inputs: [], needed: [], scratchDir: root + '/job', deadlineMs: 1e6, memoryBytes: 1,
    signal: new AbortController().signal, onStart: () => console.log(sandbox.stats().children[0].pid),
  });
`;

for (const processor of ['test.slow', 'test.loop']) {
  test(`killing the parent ends a child that runs ${processor}`, async () => {
    const root = await mkdtemp(join(tmpdir(), 'parent-'));
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program, processor, root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const pid = Number(await firstLine(parent));
      assert.ok(isAlive(pid));
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      const untilMs = performance.now() + 5_000;
      while (isAlive(pid)) {
        assert.ok(performance.now() < untilMs, `child ${pid} outlived its parent by 5 s`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    } finally {
      parent.kill('SIGKILL');
      await rm(root, { recursive: true, force: true });
    }
  });
}

test('a child that begins when its parent is gone already ends too', async () => {
  const program = fileURLToPath(import.meta.resolve('#sandbox/child.ts'));
  const gone = spawn('true');
  await once(gone, 'exit');
  const child = fork(program, [String(gone.pid)]);
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
});

async function firstLine(process: ChildProcess): Promise<string> {
  assert.ok(process.stdout !== null);
  const line = once(createInterface(process.stdout), 'line').then(([text]) => String(text));
  const ended = once(process, 'exit').then(([code]) => Promise.reject(new Error(`the parent ended with ${code}`)));
  return await Promise.race([line, ended]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
