import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cutoutCurl, jobCurl, quote } from './curl.ts';

/** What a shell makes of a line, argument by argument. */
function argumentsOf(line: string): string[] {
  return execFileSync('sh', ['-c', line.replace(/^curl/, `printf '%s\\0'`)], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

test.each(["it's", '$(reboot)', '`reboot`', 'two words', '"', '\\', '', 'ção;rm -rf', '*', '~'])(
  'a shell reads %s as it is',
  (word) => {
    expect(argumentsOf(`curl ${quote(word)}`)).toEqual([word]);
  },
);

test('a cut-out is one call with the file and its parameters', () => {
  const line = cutoutCurl('http://127.0.0.1:3000', "tênis d'água.jpg", {
    quality: 'auto',
    background: '#fff',
    format: 'jpeg',
  });
  expect(argumentsOf(line)).toEqual([
    '-F',
    "image=@tênis d'água.jpg",
    '-F',
    'quality=auto',
    '-F',
    'background=#fff',
    '-F',
    'format=jpeg',
    'http://127.0.0.1:3000/v1/images/cutout',
    '-o',
    'cutout.jpg',
  ]);
});

test('a job goes as JSON', () => {
  const job = { processor: 'image.thumbnail', inputs: ['a'], params: { texts: [{ text: "R$ 10 d'água" }] } };
  const parts = argumentsOf(jobCurl('http://localhost:3000', job));
  expect(parts[0]).toBe('http://localhost:3000/v1/jobs');
  expect(JSON.parse(parts.at(-1) ?? '')).toEqual(job);
});
