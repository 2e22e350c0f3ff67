import assert from 'node:assert/strict';
import sharp from 'sharp';
import { hostileTests } from './support/hostile-tests.ts';
import { corpusFiles, fileRow, outcomeOf, sendHostileFile } from './support/send-hostile.ts';

// Files that are one thing and claim to be another, and text in files that would like to be a page.

const tests = hostileTests('confusion');
const script = '<script>alert(1)</script>';

for (let row = 29; row <= 40; row += 1) fileRow(tests, row);

tests.row(41, `${titles(41)}, and nothing of the archive is in the result`, async () => {
  for (const file of corpusFiles(41)) {
    const bytes = await resultOf(await sendHostileFile(tests, file));
    for (const part of ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'payload.html', script]) {
      assert.ok(!bytes.includes(part), `the result has ${JSON.stringify(part)}`);
    }
    // The PNG ends where it says that it ends.
    assert.equal(bytes.subarray(-8).toString('latin1', 0, 4), 'IEND');
  }
});

tests.row(42, `${titles(42)}; its title is nowhere a script`, async () => {
  for (const file of corpusFiles(42)) {
    const job = (await sendHostileFile(tests, file)) as { id: string };
    const shown = await tests.ask(`/v1/jobs/${job.id}`);
    assert.match(String(shown.headers['content-type']), /^application\/json/);
    assert.equal(shown.headers['x-content-type-options'], 'nosniff');
    const bytes = await resultOf(job);
    assert.ok(!bytes.includes(script), 'the result has the script');
  }
  // A name that is a script is text in JSON, and percent-encoded in a header.
  const picture = await sharp({ create: { width: 3, height: 3, channels: 3, background: '#777' } })
    .png()
    .toBuffer();
  const upload = await tests.sendFile('/v1/assets', picture, `${script}.png`);
  const content = await tests.ask(`${upload.headers['location']}/content`);
  assert.doesNotMatch(String(content.headers['content-disposition']), /[<>]/);
  assert.equal(content.headers['x-content-type-options'], 'nosniff');
});

function titles(row: number): string {
  return corpusFiles(row)
    .map((file) => `${file.title}: ${outcomeOf(file)}`)
    .join('; ');
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of a job
async function resultOf(job: any): Promise<Buffer> {
  const output = await tests.ask(`/v1/jobs/${job.id}/outputs/0`);
  assert.equal(output.status, 200, String(output.bytes));
  return output.bytes;
}
