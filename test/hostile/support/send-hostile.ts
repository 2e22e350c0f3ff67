import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { type HostileFile, hostileFiles } from '../../support/corpus.ts';
import { hostileSounds } from '../../support/hostile-sounds.ts';
import { assertRefused, type HostileTests } from './hostile-tests.ts';

/** Those of the shared corpus that have this number: a row may be several files. */
export function corpusFiles(row: number): readonly HostileFile[] {
  const found = [...hostileFiles, ...hostileSounds].filter((file) => file.row === row);
  assert.ok(found.length > 0, `there is no hostile file with the number ${row}`);
  return found;
}

/** `refused with …` or `accepted, and its job ends with …`: which of the two, for the names of tests. */
export function outcomeOf({ expected }: HostileFile): string {
  return 'code' in expected
    ? `refused with ${expected.status} ${expected.code}`
    : `accepted, job ${expected.job === 'succeeded' ? expected.job : `failed with ${expected.job}`}`;
}

/**
 * Sends a file through every door that takes files, and holds the answers, or the job, to what is expected.
 *
 * @returns what the job made, where it is one that succeeds
 */
export async function sendHostileFile(tests: HostileTests, file: HostileFile): Promise<unknown> {
  const { title, fileName, contentType, expected } = file;
  const bytes = await buffer(await file.open());
  const isSound = contentType.startsWith('audio/');
  if ('code' in expected) {
    const call = isSound ? '/v1/audio/analysis' : '/v1/images/cutout';
    const raw = { method: 'POST', body: bytes, headers: { 'content-type': contentType } };
    const { status, code } = expected;
    assertRefused(await tests.sendFile('/v1/assets', bytes, fileName), status, code, tests, `${title}, form`);
    assertRefused(await tests.ask('/v1/assets', raw), status, code, tests, `${title}, body`);
    assertRefused(await tests.sendFile(call, bytes, fileName), status, code, tests, `${title}, one call`);
    return undefined;
  }
  const upload = await tests.sendFile('/v1/assets', bytes, fileName);
  assert.equal(upload.status, 201, `${title}: ${upload.bytes}`);
  assert.ok(upload.milliseconds < tests.withinMs, `${title}: the upload took ${upload.milliseconds} ms`);
  const work = isSound ? { processor: 'audio.analysis' } : { processor: 'image.cutout', params: { quality: 'fast' } };
  const answer = await tests.sendJson('/v1/jobs', { ...work, inputs: [upload.json().id] }, { prefer: 'wait=30' });
  assert.equal(answer.status, 200, `${title}: ${answer.bytes}`);
  const job = answer.json();
  assert.equal(job.error?.code ?? job.status, expected.job, `${title}: ${answer.bytes}`);
  assert.equal(job.attempts, 1, `${title}: ${answer.bytes}`);
  assert.ok(answer.milliseconds < tests.withinMs, `${title}: the job took ${answer.milliseconds} ms`);
  return job;
}

/** A row that is nothing but files of the shared corpus. */
export function fileRow(tests: HostileTests, row: number): void {
  const files = corpusFiles(row);
  const titles = files.map((file) => `${file.title}: ${outcomeOf(file)}`);
  tests.row(row, titles.join('; '), async () => {
    for (const file of files) await sendHostileFile(tests, file);
  });
}
