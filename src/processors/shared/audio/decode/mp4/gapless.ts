import type { ByteSource } from '../byte-source.ts';
import { needsFfmpeg } from '../media-invalid.ts';
import { findMp4Box, type Mp4Box, mp4Boxes, tableBytes } from './boxes.ts';

/** What of the decoded frames is the recording. */
export interface Mp4Gapless {
  readonly skipFrames: number;
  /** After those. */
  readonly keepFrames: number;
}

export interface Timing {
  readonly sampleRateHz: number;
  readonly trackTimescale: number;
  readonly movieTimescale: number;
  /** In all packets. */
  readonly codedFrames: number;
  readonly packetFrames: number;
}

/**
 * The encoder's delay: from the edit list, else from what iTunes writes. At the end whole packets are left out, those
 * behind the edit, but none is cut in two: what is left of padding is a few thousandths of a second, and ffmpeg, with which
 * durations are compared, leaves it too.
 *
 * @see ISO/IEC 14496-12, section 8.6.6 (elst)
 */
export function readGapless(source: ByteSource, moov: Mp4Box, trak: Mp4Box, timing: Timing): Mp4Gapless {
  const edit = readEdit(source, trak, timing);
  const skipFrames = Math.min(edit?.skipFrames || readItunesDelay(source, moov), timing.codedFrames);
  const end = edit?.endFrame ?? timing.codedFrames;
  const wholePackets = Math.ceil(end / timing.packetFrames) * timing.packetFrames;
  return { skipFrames, keepFrames: Math.max(0, Math.min(wholePackets, timing.codedFrames) - skipFrames) };
}

function readEdit(source: ByteSource, trak: Mp4Box, { sampleRateHz, trackTimescale, movieTimescale }: Timing) {
  const box = findMp4Box(source, trak, 'edts', 'elst');
  if (box === undefined) return undefined;
  const bytes = tableBytes(source, box);
  if (bytes.length < 8) return undefined;
  const isLong = bytes[0] === 1;
  const rowBytes = isLong ? 20 : 12;
  const edits: { duration: number; mediaTime: number }[] = [];
  for (let at = 8, row = 0; row < bytes.readUInt32BE(4) && at + rowBytes <= bytes.length; row += 1, at += rowBytes) {
    const duration = isLong ? Number(bytes.readBigUInt64BE(at)) : bytes.readUInt32BE(at);
    const mediaTime = isLong ? Number(bytes.readBigInt64BE(at + 8)) : bytes.readInt32BE(at + 4);
    // An empty edit only says that the track begins later.
    if (mediaTime >= 0) edits.push({ duration, mediaTime });
  }
  if (edits.length > 1) throw needsFfmpeg('a track put together of several parts', 'MP4');
  const [edit] = edits;
  if (edit === undefined) return undefined;
  const skipFrames = Math.round((edit.mediaTime / trackTimescale) * sampleRateHz);
  // A duration of zero means all.
  const endFrame = edit.duration === 0 ? undefined : skipFrames + (edit.duration / movieTimescale) * sampleRateHz;
  return { skipFrames, endFrame };
}

/** A comment ` 00000000 00000840 000001CA 00000000003F31F6 …`: nothing, delay, padding, frames of the original. */
function readItunesDelay(source: ByteSource, moov: Mp4Box): number {
  const meta = findMp4Box(source, moov, 'udta', 'meta');
  // A meta box has four bytes of version and flags before its children.
  const list = meta && findMp4Box(source, { ...meta, start: meta.start + 4 }, 'ilst');
  if (list === undefined) return 0;
  for (const item of mp4Boxes(source, list.start, list.end)) {
    if (item.type !== '----' || item.end - item.start > 1_024) continue;
    const text = tableBytes(source, item).toString('latin1');
    const found = /iTunSMPB[\s\S]* [0-9A-F]{8} ([0-9A-F]{8}) [0-9A-F]{8} [0-9A-F]{16}/.exec(text);
    if (found !== null) return Number.parseInt(found[1] ?? '0', 16);
  }
  return 0;
}
