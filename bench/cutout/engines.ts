import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { JobJson } from '#api/job-json.ts';
import type { Turn, TurnDone } from './loop.ts';

/** Something that removes backgrounds. */
export interface Engine {
  readonly name: string;
  /** It and its descendants are what its memory is. */
  readonly pid: number;
  /** @returns milliseconds for all the files */
  turn(files: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** What one call of the API gave. */
export interface Answer {
  readonly file: string;
  readonly jobId: string;
  readonly png: Buffer;
}

/** So that the line is never empty while an answer is read and the next photo sent. */
const inFlight = 2;

/** A loop in a child process of its own. */
export function loopEngine(name: string, program: URL, args: readonly string[] = []): Engine {
  // The runtime reports its use to its makers unless told not to.
  const child: ChildProcess = fork(fileURLToPath(program), args, {
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  const ended = once(child, 'exit');
  return {
    name,
    pid: child.pid ?? 0,
    async turn(files) {
      child.send({ files } satisfies Turn);
      const answer = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
      if (answer === undefined) throw new Error(`${name} ended`);
      return (answer[0] as TurnDone).elapsedMs;
    },
    async close() {
      child.disconnect();
      await ended;
    },
  };
}

/** Our API, at one quality. @param answers is given everything that came back */
export function apiEngine(server: { address: string; pid: number }, quality: string, answers: Answer[]): Engine {
  return {
    name: `API, ${quality}`,
    pid: server.pid,
    async turn(files) {
      const photos = await Promise.all(files.map(async (file) => ({ file, bytes: await readFile(file) })));
      const startedMs = performance.now();
      const waiting = photos.values();
      const client = async (): Promise<void> => {
        for (const { file, bytes } of waiting)
          answers.push({ file, ...(await cutOut(server.address, quality, bytes)) });
      };
      await Promise.all(Array.from({ length: inFlight }, client));
      return performance.now() - startedMs;
    },
    close: async () => {},
  };
}

/** @throws Error with the server's words when it is not 200 */
export async function cutOut(
  address: string,
  quality: string,
  photo: Buffer,
): Promise<{ jobId: string; png: Buffer; cached: boolean }> {
  const response = await fetch(`${address}/v1/images/cutout?quality=${quality}`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: photo,
  });
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${response.status}: ${body.toString()}`);
  const { headers } = response;
  return { jobId: headers.get('x-job-id') ?? '', png: body, cached: headers.get('x-cached') === 'true' };
}

/** What the processor says about its result. */
export async function outputData(address: string, jobId: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${address}/v1/jobs/${jobId}`);
  const { outputs } = (await response.json()) as JobJson;
  return outputs[0]?.data ?? {};
}
