import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { ffmpegPath } from '../support/audio/ffmpeg.ts';
import { shareModels } from '../support/models-dir.ts';
import { type Ended, runProgram, startProgram } from '../support/program.ts';
import { until } from '../support/until.ts';

let cwd: string;

before(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'cli-')));
  await mkdir(join(cwd, 'photos', 'below'), { recursive: true });
  await photo('jpeg', join(cwd, 'photo.jpg'));
  await copyFile(join(cwd, 'photo.jpg'), join(cwd, 'photos', 'mug.jpg'));
  await photo('webp', join(cwd, 'photos', 'mug.webp'));
  await writeFile(join(cwd, 'photos', 'broken.jpg'), (await readFile(join(cwd, 'photo.jpg'))).subarray(0, 700));
  await writeFile(join(cwd, 'photos', 'notes.txt'), 'not a picture');
  for (const dataDir of ['data', 'doctor-data']) await shareModels(join(cwd, dataDir));
});
after(() => rm(cwd, { recursive: true, force: true }));

/** A dark disc on a light ground: what is subject and what is not is beyond doubt. */
async function photo(format: 'jpeg' | 'webp', path: string): Promise<void> {
  const disc = '<svg width="320" height="240"><circle cx="160" cy="120" r="80" fill="#702010"/></svg>';
  await sharp({ create: { width: 320, height: 240, channels: 3, background: '#e8e8ee' } })
    .composite([{ input: Buffer.from(disc) }])
    .toFormat(format)
    .toFile(path);
}

function esteira(...args: string[]): Promise<Ended> {
  return runProgram(args, { cwd });
}

function cutout(...args: string[]): Promise<Ended> {
  return esteira('cutout', '--quality', 'fast', ...args);
}

/** Opaque in the middle, clear in the corner. */
async function assertCutOut(image: Buffer): Promise<void> {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [320, 240, 4]);
  const alphaAt = (x: number, y: number) => data[(y * info.width + x) * 4 + 3];
  assert.ok(Number(alphaAt(160, 120)) > 240, `${alphaAt(160, 120)} in the middle`);
  assert.ok(Number(alphaAt(5, 5)) < 15, `${alphaAt(5, 5)} in the corner`);
}

test('a file: the result lies beside it, the input is as it was', async () => {
  const before = await readFile(join(cwd, 'photo.jpg'));
  const { code, stdout, stderr } = await cutout('photo.jpg');
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'photo.cutout.png\n', stderr: '' });
  await assertCutOut(await readFile(join(cwd, 'photo.cutout.png')));
  assert.deepEqual(await readFile(join(cwd, 'photo.jpg')), before);
});

test('a folder: names are kept, equal ones numbered, the bad file is named, the rest goes on', async () => {
  const { code, stdout, stderr } = await cutout('photos');
  assert.equal(code, 1);
  assert.deepEqual(stdout.trim().split('\n').sort(), ['photos-cutouts/mug-2.png', 'photos-cutouts/mug.png']);
  assert.match(stderr, /^skipped photos\/below: a folder within the folder$/m);
  assert.match(stderr, /^skipped photos\/notes\.txt: not a picture$/m);
  assert.match(stderr, /^failed photos\/broken\.jpg: ./m);
  assert.match(stderr, /^2 done, 1 failed, 2 skipped in /m);
  assert.deepEqual((await readdir(join(cwd, 'photos-cutouts'))).sort(), ['mug-2.png', 'mug.png']);
  for (const name of ['mug.png', 'mug-2.png']) await assertCutOut(await readFile(join(cwd, 'photos-cutouts', name)));
});

test('--json: one object for each file, and nothing else', async () => {
  const { code, stdout } = await cutout(
    'photos/mug.jpg',
    'photos/broken.jpg',
    '-o',
    'out',
    '--format',
    'webp',
    '--json',
  );
  assert.equal(code, 1);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const done = lines.find(({ input }) => input === 'photos/mug.jpg');
  assert.deepEqual(Object.keys(done).sort(), [
    'confidence',
    'heightPx',
    'input',
    'milliseconds',
    'model',
    'output',
    'quality',
    'widthPx',
  ]);
  assert.deepEqual([done.output, done.widthPx, done.heightPx, done.quality], ['out/mug.webp', 320, 240, 'fast']);
  assert.ok(done.confidence >= 0 && done.confidence <= 1);
  assert.ok(done.milliseconds > 0);
  const failed = lines.find(({ input }) => input === 'photos/broken.jpg');
  assert.deepEqual(Object.keys(failed.error), ['code', 'detail']);
  assert.equal(failed.error.code, 'MEDIA_INVALID');
  assert.equal(lines.length, 2);
  assert.equal((await sharp(join(cwd, 'out', 'mug.webp')).metadata()).format, 'webp');
});

test('standard input to standard output', async () => {
  const input = await readFile(join(cwd, 'photo.jpg'));
  const { code, stdoutBytes, stderr } = await runProgram(['cutout', '-', '--quality', 'fast'], { cwd, input });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  await assertCutOut(stdoutBytes);
  const rubbish = await runProgram(['cutout', '-'], { cwd, input: Buffer.from('rubbish') });
  assert.equal(rubbish.code, 1);
  assert.equal(rubbish.stdoutBytes.length, 0);
  assert.match(rubbish.stderr, /^failed -: /);
});

test('an input is never overwritten', async () => {
  const before = await readFile(join(cwd, 'photo.jpg'));
  const itself = await cutout('photo.jpg', '-o', 'photos/../photo.jpg', '--format', 'jpeg');
  assert.equal(itself.code, 2);
  assert.match(itself.stderr, /never overwritten/);
  const { stdout } = await cutout('photo.jpg', '-o', '.', '--format', 'jpeg');
  assert.equal(stdout, 'photo-2.jpg\n');
  assert.deepEqual(await readFile(join(cwd, 'photo.jpg')), before);
});

test('Ctrl-C ends it cleanly: exit code 130, nothing half written, no child, no temporary folder', async () => {
  const temporary = join(cwd, 'tmp');
  await mkdir(temporary);
  const child = startProgram(['cutout', 'photos', '-o', 'interrupted'], { cwd, env: { TMPDIR: temporary } });
  await until(async () => assert.equal((await readdir(temporary)).length, 1));
  const exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  child.kill('SIGINT');
  assert.equal(await exit, 130);
  assert.deepEqual(await readdir(temporary), []);
  const written = await readdir(join(cwd, 'interrupted')).catch(() => []);
  assert.deepEqual(
    written.filter((name) => name.endsWith('.part')),
    [],
  );
});

test('wrong usage is exit code 2, and says what to write instead', async () => {
  const wrong = async (args: string[], message: RegExp): Promise<void> => {
    const { code, stdout, stderr } = await esteira(...args);
    assert.deepEqual({ args, code, stdout }, { args, code: 2, stdout: '' });
    assert.match(stderr, message);
  };
  await wrong([], /Usage: esteira <command>/);
  await wrong(['cutot', 'photo.jpg'], /cutot is not a command\. Did you mean cutout\?/);
  await wrong(['cutout'], /needs a picture/);
  await wrong(['cutout', 'photo.jpg', '--fromat', 'png'], /Did you mean --format\?/);
  await wrong(['cutout', 'photo.jpg', '--format', 'bmp'], /--format bmp .*png, webp/);
  await wrong(['cutout', 'photo.jpg', '-'], /stands alone/);
  await wrong(['cutout', 'photo.jpg', '-o', '-', '--json'], /name a file with -o/);
  const missing = await esteira('cutout', 'none.jpg');
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^failed none\.jpg: There is no such file/);
});

test('--help and --version answer on standard output', async () => {
  for (const args of [['--help'], ['help', 'cutout'], ['start', '--help'], ['doctor', '-h'], ['models', '--help']]) {
    const { code, stdout, stderr } = await esteira(...args);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(stdout, /Usage: esteira/);
  }
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  assert.equal((await esteira('--version')).stdout, `${version}\n`);
});

test('models: what there is, and whether it is whole', async () => {
  const listed = await esteira('models', 'list', '--json');
  assert.equal(listed.code, 0);
  const [row] = listed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.match(row.sha256, /^[0-9a-f]{64}$/);
  assert.ok(row.licence !== '' && row.model !== '' && row.sizeBytes > 0);
  await mkdir(join(cwd, 'models-data', 'models'), { recursive: true });
  await writeFile(join(cwd, 'models-data', 'models', row.file), 'cut short');
  const verified = await esteira('models', 'verify', '--data', 'models-data');
  assert.equal(verified.code, 1);
  assert.ok(verified.stderr.includes(`damaged: ${row.file}`), verified.stderr);
  assert.equal((await esteira('models')).code, 2);
});

test('openapi prints the document and starts nothing', async () => {
  const { code, stdout } = await esteira('openapi');
  assert.equal(code, 0);
  const document = JSON.parse(stdout);
  assert.equal(document.openapi, '3.1.0');
  assert.ok('/v1/jobs' in document.paths);
});

test('doctor: all is well, or what is not and what to do', async () => {
  const path = ffmpegPath();
  const healthy = await esteira('doctor', '--json', '--data', 'doctor-data');
  assert.equal(healthy.code, 0, healthy.stdout);
  const { status, checks } = JSON.parse(healthy.stdout);
  assert.notEqual(status, 'unhealthy');
  for (const name of [
    'node',
    'dataFolder',
    'disk',
    'memory',
    'machine',
    'database',
    'queue',
    'objects',
    'image.cutout',
  ]) {
    assert.notEqual(checks[name]?.status, 'unhealthy', name);
  }
  assert.deepEqual(checks.ffmpeg.facts, { path });
  assert.equal((await stat(join(cwd, 'doctor-data'))).isDirectory(), true);
  const sick = await esteira('doctor', '--data', 'photo.jpg');
  assert.equal(sick.code, 1);
  assert.match(sick.stdout, /^✖ dataFolder: .*Check its permissions/m);
});
