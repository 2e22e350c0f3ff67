import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { ErrorCode } from '#kernel/errors.ts';
import { isCode } from '../../test/support/is-code.ts';
import { checkOutputPath, outputPath } from './output-link.ts';
import { type SigningKeys, signPath } from './url-signature.ts';

const keys: SigningKeys = [Buffer.alloc(32, 'a')];
const newer: SigningKeys = [Buffer.alloc(32, 'b'), Buffer.alloc(32, 'a')];
const expires = 1_900_000_000;
const link = { jobId: randomUUID(), index: 0, name: 'Ä b.jpg', mediaType: 'image/png', expires };
const path = outputPath(keys, link);
const atMs = (expires - 60) * 1_000;

function refused(url: string, code: ErrorCode, nowMs = atMs): void {
  assert.throws(() => checkOutputPath(keys, url, nowMs), isCode(code), url);
}

test('a link says what it is of, holds for its time, and survives a change of keys', () => {
  const signature = path.split('/')[2] ?? '';
  assert.equal(path, `/o/${signature}/${expires}/${link.jobId}/0/%C3%84%20b.png`);
  assert.equal(checkOutputPath(keys, path, atMs), 60);
  assert.equal(checkOutputPath(keys, `${path}?utm=1`, atMs), 60);
  assert.equal(checkOutputPath(newer, path, atMs), 60);
  refused(path, 'LINK_EXPIRED', expires * 1_000);
  refused(path, 'LINK_EXPIRED', expires * 1_000 + 86_400_000);
});

test('nothing of it can be changed', () => {
  const parts = path.split('/');
  const changes: [number, string][] = [
    [2, signPath(keys, 'other')],
    [2, ''],
    [3, String(expires + 1)],
    [4, randomUUID()],
    [5, '1'],
    [5, '%30'],
    [6, 'other.html'],
  ];
  for (const [at, text] of changes) refused(parts.with(at, text).join('/'), 'INVALID_SIGNATURE');
  refused(`${path}/more`, 'INVALID_SIGNATURE');
  refused('/o/', 'INVALID_SIGNATURE');
});

test('a signature of a picture’s address is none of an output’s', () => {
  const bare = path.slice(path.indexOf('/', 3));
  refused(`/o/${signPath(keys, bare)}${bare}`, 'INVALID_SIGNATURE');
});
