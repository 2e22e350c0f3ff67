import type { FileWindow } from './file-window.ts';
import { type Box, boxesIn, childOf, findBox, findBoxIn } from './iso-boxes.ts';
import { isPlainAac } from './mp4-aac.ts';
import { fragmentSamples } from './mp4-fragments.ts';
import type { Probe, SoundHeader } from './probe.ts';
import { damagedSound, isVideo, soundHeader, unreadSound } from './sound.ts';

/** Pictures of chapters and covers, as audio books have them, are no video. */
const stills = ['jpeg', 'mjpa', 'mjpb', 'png ', 'tiff'];

interface Track {
  readonly box: Box;
  readonly handler: string;
  /** Of its first sample description. */
  readonly codec: string;
  readonly description: Box | undefined;
}

/**
 * A file with sound and without video, whatever its brand. The time is that of the edit list, which leaves out what the
 * encoder put before and behind.
 *
 * @see ISO/IEC 14496-12, sections 8.2 to 8.6
 */
export const probeMp4: Probe = async (file) => {
  const moov = await findBox(file, ['moov']);
  if (moov === undefined) throw damagedSound('MP4', 'it has no table of contents; it may be cut off');
  const tracks: Track[] = [];
  for await (const box of boxesIn(file, moov)) {
    if (box.type === 'trak') tracks.push(await readTrack(file, box));
  }
  const sound = tracks.find(({ handler }) => handler === 'soun');
  const hasVideo = tracks.some(({ handler, codec }) => handler === 'vide' && !stills.includes(codec));
  if (hasVideo) throw isVideo(sound === undefined ? 'a video' : 'a video with sound');
  if (sound === undefined) throw unreadSound('an MP4 or QuickTime file without sound');
  return await soundOf(file, moov, sound);
};

async function readTrack(file: FileWindow, box: Box): Promise<Track> {
  const mdia = await childOf(file, box, 'mdia');
  const handlerBox = mdia && (await childOf(file, mdia, 'hdlr'));
  const handler = handlerBox && (await file.bytes(handlerBox.start + 8, 4))?.toString('latin1');
  const stsd = mdia && (await findBoxIn(file, mdia, ['minf', 'stbl', 'stsd']));
  let description: Box | undefined;
  if (stsd !== undefined) {
    for await (const entry of boxesIn(file, { ...stsd, start: stsd.start + 8 })) {
      description = entry;
      break;
    }
  }
  return { box, handler: handler ?? '', codec: description?.type ?? '', description };
}

async function soundOf(file: FileWindow, moov: Box, { box, codec, description }: Track): Promise<SoundHeader> {
  const mdhd = await mediaTime(file, await findBoxIn(file, box, ['mdia', 'mdhd']));
  const entry = description && (await file.bytes(description.start, 20));
  if (entry === undefined || description === undefined || mdhd.timescale === 0) {
    throw damagedSound('MP4', 'it does not say what its sound is');
  }
  const isFragmented = (await childOf(file, moov, 'mvex')) !== undefined;
  const channels = entry.readUInt16BE(16);
  const edited = await readEdits(file, moov, box);
  const units = isFragmented ? await fragmentSamples(file, moov) : mdhd.duration;
  const seconds = isFragmented || !edited ? units / mdhd.timescale : edited.seconds;
  const isWhole = !isFragmented && (edited?.parts ?? 1) === 1;
  const isPlain = isWhole && codec === 'mp4a' && (await isPlainAac(file, description));
  // Version 2 of QuickTime's description, and some codecs, keep the number of channels elsewhere.
  const known = channels >= 1 && codec !== 'alac' && entry.readUInt16BE(8) !== 2;
  return soundHeader('MP4', {
    channels: known ? channels : 1,
    sampleRateHz: 48_000,
    frames: seconds * 48_000,
    mediaType: isPlain ? 'audio/mp4' : 'audio/x-m4a',
  });
}

/** Of a movie's or a track's header. */
async function mediaTime(file: FileWindow, box: Box | undefined): Promise<{ timescale: number; duration: number }> {
  const bytes = box && (await file.upTo(box.start, 32));
  const isLong = bytes?.[0] === 1;
  if (bytes === undefined || bytes.length < (isLong ? 32 : 20)) return { timescale: 0, duration: 0 };
  return isLong
    ? { timescale: bytes.readUInt32BE(20), duration: Number(bytes.readBigUInt64BE(24)) }
    : { timescale: bytes.readUInt32BE(12), duration: bytes.readUInt32BE(16) };
}

/** What is played of a track, where an edit list says so. */
async function readEdits(
  file: FileWindow,
  moov: Box,
  track: Box,
): Promise<{ readonly seconds: number; readonly parts: number } | undefined> {
  const elst = await findBoxIn(file, track, ['edts', 'elst']);
  const { timescale } = await mediaTime(file, await childOf(file, moov, 'mvhd'));
  const head = elst && (await file.bytes(elst.start, 8));
  if (elst === undefined || head === undefined || timescale === 0) return undefined;
  const isLong = head.readUInt8(0) === 1;
  const count = head.readUInt32BE(4);
  const entryBytes = isLong ? 20 : 12;
  let [units, parts] = [0, 0];
  for (let index = 0; index < Math.min(count, 1_000); index += 1) {
    const entry = await file.bytes(elst.start + 8 + index * entryBytes, entryBytes);
    if (entry === undefined) return undefined;
    const isEmpty = isLong ? entry.readBigInt64BE(8) < 0n : entry.readInt32BE(4) < 0;
    if (isEmpty) continue;
    parts += 1;
    units += isLong ? Number(entry.readBigUInt64BE(0)) : entry.readUInt32BE(0);
  }
  return units === 0 ? undefined : { seconds: units / timescale, parts };
}
