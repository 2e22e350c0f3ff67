import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { hostileTests } from './support/hostile-tests.ts';
import { newPicture } from './support/ordinary-work.ts';
import { corpusFiles, fileRow, sendHostileFile } from './support/send-hostile.ts';

// Files that are broken on purpose: the header's look refuses what it can see, a job's process the rest.

const tests = hostileTests('malformed');

for (let row = 12; row <= 28; row += 1) if (row !== 26) fileRow(tests, row);

tests.row(
  26,
  'ASF with a part of no size: refused with 415 UNSUPPORTED_MEDIA_TYPE, as fast as anything else',
  async () => {
    for (const file of corpusFiles(26)) {
      await sendHostileFile(tests, file);
      const bytes = await buffer(await file.open());
      const picture = await newPicture();
      const usualMs = await medianMs(() => tests.sendFile('/v1/assets', picture));
      const refusalMs = await medianMs(() => tests.sendFile('/v1/assets', bytes));
      assert.ok(refusalMs - usualMs < 100, `${refusalMs} ms, where an upload takes ${usualMs} ms`);
    }
  },
);

/** Of nine: one that waits for the machine says nothing. */
async function medianMs(act: () => Promise<{ readonly milliseconds: number }>): Promise<number> {
  const all: number[] = [];
  for (let count = 0; count < 9; count += 1) all.push((await act()).milliseconds);
  return all.sort((a, b) => a - b)[4] ?? 0;
}
