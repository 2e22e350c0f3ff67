import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { readLines } from './line-reader.ts';

async function linesOf(chunks: readonly string[], maxChars: number): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, maxChars, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return lines;
}

test('lines are the same however the text is cut into chunks, and none is longer than allowed', async () => {
  const text = fc.array(fc.constantFrom('a', 'b', ' ', '\n', 'a long run'), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, async (pieces) => {
      const expected = pieces
        .join('')
        .split('\n')
        .map((line) => line.slice(0, 8))
        .filter((line) => line.trim() !== '');
      assert.deepEqual(await linesOf(pieces, 8), expected);
      assert.deepEqual(await linesOf([pieces.join('')], 8), expected);
    }),
  );
});
