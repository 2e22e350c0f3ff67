import assert from 'node:assert/strict';
import { AppError, type ErrorCode } from '#kernel/errors.ts';

/** For `assert.rejects` and `assert.throws`: our error with this code, and no other. @param words what its detail says */
export function isCode(code: ErrorCode, words?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code);
    if (words !== undefined) assert.match(error.detail, words);
    return true;
  };
}
