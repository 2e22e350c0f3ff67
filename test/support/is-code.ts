import assert from 'node:assert/strict';
import { AppError, type ErrorCode } from '#kernel/errors.ts';

/** For `assert.rejects` and `assert.throws`: our error with this code, and no other. */
export function isCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}
