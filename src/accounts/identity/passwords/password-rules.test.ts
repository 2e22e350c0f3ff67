import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { checkPassword } from './password-rules.ts';

const about = ['ana.souza@example.com', 'Ana Souza'];

async function reasonFor(password: string): Promise<unknown> {
  try {
    await checkPassword(password, about);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'PASSWORD_WEAK', String(error));
    assert.ok(password === '' || !error.detail.includes(password), 'no message repeats a password');
    return error.extensions['reason'];
  }
}

test('what is guessed first is refused, and for which reason', async () => {
  for (const [password, reason] of [
    ['', 'short'],
    ['ninechars', 'short'],
    // Nine characters to people, eleven to a computer.
    ['🚜🍋abcdefg', 'short'],
    ['x1'.repeat(65), 'long'],
    ['qwertyuiop', 'known'],
    ['QWERTYUIOP', 'known'],
    ['password2024!', 'known'],
    ['1qaz2wsx3edc', 'known'],
    ['aaaaaaaaaaaa', 'repetitive'],
    ['abcabcabcabc', 'repetitive'],
    ['abcdefghijkl', 'repetitive'],
    ['9876543210', 'repetitive'],
    ['ana.souza@example.com', 'personal'],
    ['ana.souza1!', 'personal'],
    ['Ana Souza 1', 'personal'],
  ] as const) {
    assert.equal(await reasonFor(password), reason, password);
  }
});

test('no signs of certain kinds are asked for, and none are refused', async () => {
  for (const password of [
    'purple tractor lemonade',
    'tratorroxolimonada',
    'zvfrwqkpxmty',
    '8305927461',
    'пароль с трактором',
    'z'.repeat(5) + 'q'.repeat(5) + 'x7'.repeat(59),
  ]) {
    assert.equal(await reasonFor(password), undefined, password);
  }
});
