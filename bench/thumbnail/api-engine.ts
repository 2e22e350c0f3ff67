import { readFile } from 'node:fs/promises';
import type { AssetJson } from '#api/asset-json.ts';
import type { JobJson } from '#api/job-json.ts';
import type { Engine, Task } from './task.ts';

/** As a batch or a busy shop has them: enough that no child waits for a result to be stored. */
const inFlightPerWorker = 4;

/** Jobs on photographs that are uploaded already, waited for, and their results fetched. */
export function apiEngine(
  name: string,
  address: string,
  workers: number,
  request: (assetId: string, round: number) => { processor: string; params: object },
): Engine & { upload(files: readonly string[]): Promise<void> } {
  const assets = new Map<string, string>();

  async function make(file: string, round: number): Promise<void> {
    const id = assets.get(file) ?? '';
    const response = await fetch(`${address}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=60' },
      body: JSON.stringify({ ...request(id, round), inputs: [id] }),
    });
    const job = (await response.json()) as JobJson;
    const [output] = job.outputs ?? [];
    if (response.status !== 200 || output === undefined || job.cached) throw new Error(JSON.stringify(job));
    await (await fetch(new URL(output.url, address))).arrayBuffer();
  }

  return {
    name,
    async upload(files) {
      for (const file of files) {
        const response = await fetch(`${address}/v1/assets`, {
          method: 'POST',
          headers: { 'content-type': 'image/jpeg' },
          body: await readFile(file),
        });
        assets.set(file, ((await response.json()) as AssetJson).id);
      }
    },
    async turn({ files, round }: Task) {
      const startedMs = performance.now();
      const waiting = files.values();
      const client = async (): Promise<void> => {
        for (const file of waiting) await make(file, round);
      };
      await Promise.all(Array.from({ length: workers * inFlightPerWorker }, client));
      return performance.now() - startedMs;
    },
    close: async () => {},
  };
}
