import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { encodeWithFfmpeg } from '../audio/ffmpeg.ts';
import { musicLike } from '../audio/music-like.ts';
import { until } from '../until.ts';
import type { Visit } from './visit.ts';

const patienceMs = 60_000;
const rateHz = 44_100;

/** Something like a song as an MP3, for a person to choose. @returns its path */
export async function recording(name: string, seconds: number, seed: number, drive: number): Promise<string> {
  const channels = [musicLike(rateHz, seconds, seed, drive), musicLike(rateHz, seconds, seed + 3, drive)];
  const made = await encodeWithFfmpeg(channels, rateHz, ['-c:a', 'libmp3lame', '-b:a', '192k'], 'mp3');
  const path = join(await mkdtemp(join(tmpdir(), 'esteira-sound-')), name);
  await copyFile(made, path);
  return path;
}

/** By the button on a phone; dropped from outside at a desk. */
export async function bringRecordings(visit: Visit, paths: readonly string[]): Promise<void> {
  if (visit.size === 'phone') {
    const [chooser] = await Promise.all([
      visit.page.waitForEvent('filechooser'),
      visit.pressButton('Choose recordings'),
    ]);
    await chooser.setFiles([...paths]);
  } else {
    await visit.drop(paths, () => visit.page.getByText(visit.say('Drop them anywhere')).waitFor());
  }
}

/** The row of one recording. */
export function rowOf({ page }: Visit, name: string): Locator {
  return page.getByRole('article', { name, exact: true });
}

/** Waits for the answer, and follows it to the page of the recording. */
export async function openRecording(visit: Visit, name: string): Promise<void> {
  const link = rowOf(visit, name).getByRole('link', { name, exact: true });
  await link.waitFor({ timeout: patienceMs });
  await visit.press(link);
  await visit.page.getByRole('heading', { level: 1, name }).waitFor();
  await until(async () => assert.ok(await visit.button('Play').isEnabled()), patienceMs);
}

/** Where the play head is, in whole seconds. */
export async function positionOf(visit: Visit): Promise<number> {
  const slider = visit.page.getByRole('slider', { name: visit.say('Position in the recording') });
  return Number(await slider.getAttribute('aria-valuenow'));
}

export async function playAndPause(visit: Visit): Promise<void> {
  await visit.pressButton('To the start');
  await visit.pressButton('Play');
  await until(async () => assert.ok((await positionOf(visit)) >= 1), patienceMs);
  await visit.pressButton('Pause');
  await visit.button('Play').waitFor();
}

/** Saves the report as a PDF. @returns what it is called, and how it begins */
export async function savePdf(visit: Visit): Promise<{ readonly name: string; readonly head: string }> {
  const [download] = await Promise.all([
    visit.page.waitForEvent('download'),
    visit.choose(visit.button('Report'), 'Save as PDF'),
  ]);
  const bytes = await readFile(await download.path());
  return { name: download.suggestedFilename(), head: bytes.subarray(0, 5).toString('latin1') };
}

/** Makes a link to the report, and opens it without being anybody here. @returns status and type of the answer */
export async function openLink(link: Locator): Promise<{ readonly status: number; readonly type: string | null }> {
  const response = await fetch((await link.getAttribute('href')) ?? '');
  await response.body?.cancel();
  return { status: response.status, type: response.headers.get('content-type') };
}
