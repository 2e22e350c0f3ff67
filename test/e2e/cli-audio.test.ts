import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { decodeWithFfmpeg } from '../support/audio/ffmpeg.ts';
import { synthesise } from '../support/audio/synthesise.ts';
import { wavBytes } from '../support/audio/wav-bytes.ts';
import { pieces } from '../support/music/catalogue.ts';
import { renderPiece } from '../support/music/render-piece.ts';
import { type Ended, runProgram } from '../support/program.ts';

// The program as a producer meets it: files in, words, numbers and files out, no server.

const rateHz = 44_100;
/** With a kick on every beat: how well tempo and key are told of all kinds of pieces is measured elsewhere. */
const piece = pieces(3).find(({ description }) => description.style === 'four-on-the-floor');
if (piece === undefined) throw new Error('there are pieces');
const { mix, truth } = renderPiece(piece.description, piece.seed);
const tone = synthesise(48_000, 20, [
  [{ toneHz: 1_000, amplitude: 10 ** (-23 / 20) }],
  [{ toneHz: 1_000, amplitude: 10 ** (-23 / 20) }],
]);

let cwd: string;
before(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'cli-audio-')));
  await mkdir(join(cwd, 'songs'));
  await writeFile(join(cwd, 'tone.wav'), wavBytes(tone, 48_000, 's24'));
  await writeFile(join(cwd, 'songs', 'piece.wav'), wavBytes(mix, rateHz, 's24'));
  await writeFile(join(cwd, 'songs', 'cut.wav'), wavBytes(mix, rateHz, 's24').subarray(0, 5_000));
  await writeFile(join(cwd, 'songs', 'notes.txt'), 'not a recording');
});
after(() => rm(cwd, { recursive: true, force: true }));

function esteira(...args: string[]): Promise<Ended> {
  return runProgram(args, { cwd });
}

test('a recording: one object of JSON, with the names that others rely on', async () => {
  const { code, stdout, stderr } = await esteira('analyze', 'tone.wav', '--target', 'ebu-r128', '--json');
  assert.deepEqual([code, stderr], [0, '']);
  const analysis = JSON.parse(stdout);
  assert.equal(analysis.file, 'tone.wav');
  assert.deepEqual([analysis.durationSeconds, analysis.sampleRateHz, analysis.channels], [20, 48_000, 2]);
  // EBU Tech 3341, case 1.
  for (const name of ['integratedLufs', 'maxShortTermLufs', 'maxMomentaryLufs']) {
    assert.ok(Math.abs(analysis.loudness[name] + 23) <= 0.1, name);
  }
  const names: Record<string, readonly string[]> = {
    loudness: ['rangeLu', 'truePeakDbtp', 'samplePeakDbfs', 'plrDb'],
    dynamics: ['rmsDbfs', 'crestDb', 'dynamicRangeDb', 'clippedSamples', 'dcOffset', 'noiseFloorDbfs'],
    stereo: ['correlation', 'widthPercent', 'monoCompatibilityDb', 'bands'],
    spectrum: ['thirdOctaveDb', 'centroidHz'],
    rhythm: ['tempoBpm', 'confidence', 'beatsSeconds'],
    tonality: ['key', 'confidence'],
  };
  for (const [part, fields] of Object.entries(names)) {
    for (const field of fields) assert.ok(field in analysis[part], `${part}.${field}`);
  }
  for (const { code, severity, text, measured, target } of analysis.verdicts) {
    assert.ok(code && severity && text['pt-BR'] && text.en && measured !== undefined && target !== undefined);
  }
});

test('a folder: each recording in words, the broken one is named, the rest goes on', async () => {
  const { code, stdout, stderr } = await esteira('analyze', 'songs', '--language', 'pt-BR');
  assert.equal(code, 1);
  assert.match(stdout, /songs\/piece\.wav/);
  assert.match(stdout, /LUFS/);
  assert.match(stderr, /^failed songs\/cut\.wav: .*promises/m);
  assert.match(stderr, /^skipped songs\/notes\.txt/m);
});

test('music is heard as it was written', async () => {
  const { stdout } = await esteira('analyze', 'songs/piece.wav', '--json');
  const { rhythm, tonality } = JSON.parse(stdout);
  assert.ok(Math.abs(rhythm.tempoBpm / truth.tempoBpm - 1) < 0.04);
  assert.equal(tonality.key, truth.key);
});

test('reports and references', async () => {
  const options = ['--reference', 'tone.wav', '--language', 'pt-BR', '--title', 'Minha música'];
  const html = await esteira('analyze', 'songs/piece.wav', '--report', 'out/report.html', ...options);
  assert.equal(html.code, 0, html.stderr);
  const page = await readFile(join(cwd, 'out', 'report.html'), 'utf8');
  assert.match(page, /lang="pt-BR"/);
  assert.match(page, /Minha música/);
  const pdf = await esteira('analyze', 'songs/piece.wav', '--report', 'out/report.pdf', ...options);
  assert.equal(pdf.code, 0, pdf.stderr);
  assert.ok((await readFile(join(cwd, 'out', 'report.pdf'))).subarray(0, 5).equals(Buffer.from('%PDF-')));
});

test('wrong usage says what to write instead', async () => {
  const cases: [string[], RegExp][] = [
    [['analyze'], /analyze needs a recording/],
    [['analyze', 'tone.wav', '--target', 'radio'], /--target radio will not do: it is one of spotify/],
    [
      ['analyze', 'tone.wav', '--report', 'report.doc'],
      /--report report\.doc will not do: its name ends in \.html or \.pdf/,
    ],
    [['analyze', 'tone.wav', 'songs/piece.wav', '--report', 'a.html'], /one recording at a time/],
    [['stems'], /stems needs a recording/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await esteira(...args);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, message);
  }
  const missing = await esteira('analyze', 'tone.wav', '--reference', 'nowhere.wav');
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /nowhere\.wav/);
});

test('stems lie in a folder beside the recording and sum to the mix', async () => {
  const { code, stdout, stderr } = await esteira('stems', 'songs/piece.wav', '--json');
  assert.equal(code, 0, stderr);
  const { file, stems, model } = JSON.parse(stdout);
  assert.deepEqual([file, model], ['songs/piece.wav', 'signal-processing']);
  assert.deepEqual(
    stems.map(({ stem }: { stem: string }) => stem),
    ['vocals', 'drums', 'bass', 'other'],
  );
  const folder = join(cwd, 'songs', 'piece-stems');
  assert.deepEqual((await readdir(folder)).sort(), ['bass.wav', 'drums.wav', 'other.wav', 'vocals.wav']);
  const decoded = await Promise.all(stems.map(({ output }: { output: string }) => decodeWithFfmpeg(join(cwd, output))));
  const recording = await decodeWithFfmpeg(join(cwd, 'songs', 'piece.wav'));
  let worst = 0;
  for (const [channel, samples] of recording.channels.entries()) {
    for (const [frame, value] of samples.entries()) {
      const sum = decoded.reduce((total, { channels }) => total + (channels[channel]?.[frame] ?? 0), 0);
      worst = Math.max(worst, Math.abs(sum - value));
    }
  }
  assert.ok(20 * Math.log10(worst) <= -90, `${20 * Math.log10(worst)} dBFS`);
});
