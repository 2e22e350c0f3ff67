import { createHash, randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Config } from '#config.ts';
import { makeFolder } from '#kernel/folders.ts';
import { thisMachine } from '#kernel/machine.ts';
import { formatBytes } from '#kernel/units.ts';
import type { Engines } from '#main/engines.ts';
import type { HealthCheck } from '#observability/health.ts';
import { isolation } from '#sandbox/isolation.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';

export function nodeCheck(): HealthCheck {
  return {
    name: 'node',
    critical: true,
    async read() {
      const facts = { version: process.versions.node, platform: `${process.platform}-${process.arch}` };
      if (Number(process.versions.node.split('.')[0]) >= 26) return { status: 'healthy', facts };
      return { status: 'unhealthy', reason: 'Esteira needs Node.js 26 or newer: run npm ci, which brings it.', facts };
    },
  };
}

/** Whether there is what decodes recordings that we do not read ourselves: good to know, and no error. */
export function ffmpegCheck({ programs }: Config): HealthCheck {
  return {
    name: 'ffmpeg',
    critical: false,
    async read() {
      const path = programs['ffmpeg'];
      if (path !== undefined) return { status: 'healthy', facts: { path } };
      const reason =
        'There is none, or ESTEIRA_FFMPEG is off: recordings in ALAC, HE-AAC, WebM or CAF are not decoded.';
      return { status: 'healthy', reason };
    },
  };
}

/** Whether native code in children is held by more than being easy to lose. */
export function isolationCheck(): HealthCheck {
  return {
    name: 'isolation',
    critical: false,
    async read() {
      const { command, network } = isolation();
      const facts = { networkNamespace: network, noNewPrivileges: command.includes('--no-new-privs') };
      if (network) return { status: 'healthy', facts };
      const reason =
        'This system does not let child processes have a network of their own (unshare): native decoders could reach yours. ' +
        'Allow user namespaces, or cut the network off outside.';
      return { status: 'healthy', reason, facts };
    },
  };
}

/** Whether the children that the configuration asks for fit into what this process may use. */
export function machineCheck({ workerProcesses, workerThreads, workerMemoryBytes }: Config): HealthCheck {
  return {
    name: 'machine',
    critical: false,
    async read() {
      const { cores, memoryBytes } = thisMachine();
      const facts = { cores, memoryBytes, workerProcesses, workerThreads, workerMemoryBytes };
      const wantedBytes = workerProcesses * workerMemoryBytes;
      if (wantedBytes > memoryBytes) {
        const has = `${workerProcesses} children may take ${formatBytes(wantedBytes)}; there are ${formatBytes(memoryBytes)}.`;
        return {
          status: 'degraded',
          reason: `${has} Lower ESTEIRA_WORKER_PROCESSES or ESTEIRA_WORKER_MEMORY_BYTES.`,
          facts,
        };
      }
      if (workerProcesses * workerThreads <= Math.max(1, cores)) return { status: 'healthy', facts };
      const threads = `${workerProcesses} children with ${workerThreads} threads each share ${cores} cores.`;
      return {
        status: 'degraded',
        reason: `${threads} Lower ESTEIRA_WORKER_PROCESSES or ESTEIRA_WORKER_THREADS.`,
        facts,
      };
    },
  };
}

export function dataFolderCheck({ dataDir }: Config): HealthCheck {
  return {
    name: 'dataFolder',
    critical: true,
    async read() {
      const probe = join(dataDir, `.doctor-${randomUUID()}`);
      try {
        await makeFolder(dataDir);
        await writeFile(probe, 'doctor');
        await rm(probe);
        return { status: 'healthy' };
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const advice = 'Check its permissions and its disk, or name another with --data.';
        return { status: 'unhealthy', reason: `The data folder cannot be written to (${code}). ${advice}` };
      }
    },
  };
}

/** An object that goes in, comes out the same, and is removed. */
export function objectCheck({ store }: Engines, { dataDir }: Config): HealthCheck {
  return {
    name: 'objects',
    critical: true,
    async read() {
      const content = `doctor ${randomUUID()}`;
      const sha256 = createHash('sha256').update(content).digest('hex');
      const path = join(dataDir, `.doctor-${sha256.slice(0, 8)}`);
      try {
        await writeFile(path, content);
        await store.putFile(sha256, path);
        const back = await buffer(await store.read(sha256));
        if (back.toString() !== content)
          return { status: 'unhealthy', reason: 'What is read is not what was written.' };
        return { status: 'healthy' };
      } finally {
        await rm(path, { force: true });
        await store.deleteIfOlder(sha256, -1);
      }
    },
  };
}

/** Starts a child for a processor, with its model. */
export function processorCheck(name: string, sandbox: Sandbox): HealthCheck {
  return {
    name,
    critical: true,
    async read() {
      const startedMs = performance.now();
      await sandbox.warm(name);
      const rssBytes = sandbox.stats().children.find(({ family }) => family === name)?.rssBytes;
      return { status: 'healthy', facts: { warmSeconds: Math.round(performance.now() - startedMs) / 1000, rssBytes } };
    },
  };
}

/** What the server that owns the data folder says of itself. */
export function serverCheck(address: string): HealthCheck {
  return {
    name: 'server',
    critical: true,
    async read() {
      const facts = { address };
      const answer = await fetch(new URL('/health', address), { signal: AbortSignal.timeout(3_000) }).catch(
        () => undefined,
      );
      if (answer === undefined) {
        const reason = 'The server that holds the data folder does not answer. See its log, or restart it.';
        return { status: 'unhealthy', reason, facts };
      }
      const report = (await answer.json()) as { status?: string; checks?: Record<string, { reason?: string }> };
      const reasons = Object.entries(report.checks ?? {}).flatMap(([name, { reason }]) =>
        reason ? [`${name}: ${reason}`] : [],
      );
      if (report.status === 'healthy') return { status: 'healthy', facts };
      const status = report.status === 'degraded' ? 'degraded' : 'unhealthy';
      return { status, reason: `The running server says: ${reasons.join(' ') || status}`, facts };
    },
  };
}
