import type { ByteSource } from '../byte-source.ts';
import { beforeTailTags, skipId3 } from '../id3.ts';
import { mediaInvalid } from '../media-invalid.ts';
import { type MpegFrameHeader, readMpegHeader } from './frame-header.ts';

export interface MpegFrame {
  readonly header: MpegFrameHeader;
  readonly position: number;
  readonly sizeBytes: number;
}

/** The largest frame there is: free bit rate at the lowest sample rate. */
const maxFrameBytes = 16_384;
/** Before the first frame: padding behind tags, and tags of unknown kinds. */
const maxLeadBytes = 1_048_576;
/** Between frames, all together; players jump over as much without a word. */
const maxGarbageBytes = 65_536;

/**
 * The frames of an MPEG audio file, in order; what is not one is jumped over as long as it is little.
 *
 * @throws AppError MEDIA_INVALID when there are none, or too much lies between them
 */
export function* mpegFrames(source: ByteSource): Generator<MpegFrame> {
  const end = beforeTailTags(source);
  let position = skipId3(source, 0);
  const first = findFrame(source, position, end, Math.min(end, position + maxLeadBytes), undefined);
  if (first === undefined) throw mediaInvalid('The MP3 file holds no sound: no frame of MPEG audio was found in it.');
  position = first.position;
  const { kind } = first.header;
  const freeBytes = first.header.sizeBytes === undefined ? freeFrameBytes(source, first, end) : 0;
  let garbageBytes = 0;
  while (position < end) {
    const header = readMpegHeader(source.upTo(position, 4));
    if (header === undefined || header.kind !== kind) {
      const limit = Math.min(end, position + maxGarbageBytes - garbageBytes);
      const next = findFrame(source, position + 1, end, limit, kind);
      if (next === undefined && limit === end) return;
      if (next === undefined) {
        throw mediaInvalid(`The MP3 file is damaged at byte ${position}: what follows is not sound.`);
      }
      garbageBytes += next.position - position;
      position = next.position;
      continue;
    }
    const sizeBytes = header.sizeBytes ?? freeBytes + header.paddingBytes;
    // The last frame of a file that was cut anywhere: nobody misses it.
    if (position + sizeBytes > end) return;
    yield { header, position, sizeBytes };
    position += sizeBytes;
  }
}

/** The next header that is followed by one of its kind where it says, or by the end. */
function findFrame(
  source: ByteSource,
  from: number,
  end: number,
  limit: number,
  kind: string | undefined,
): { readonly position: number; readonly header: MpegFrameHeader } | undefined {
  for (let position = from; position < limit; ) {
    const bytes = source.upTo(position, Math.min(maxFrameBytes, end - position));
    const at = bytes.indexOf(0xff);
    if (at < 0) {
      position += bytes.length;
      continue;
    }
    position += at;
    const header = readMpegHeader(source.upTo(position, 4));
    if (header !== undefined && (kind === undefined || header.kind === kind) && position < limit) {
      if (isFollowed(source, position, header, end)) return { position, header };
    }
    position += 1;
  }
  return undefined;
}

function isFollowed(source: ByteSource, position: number, header: MpegFrameHeader, end: number): boolean {
  if (header.sizeBytes === undefined) return freeFrameBytes(source, { position, header }, end) > 0;
  const next = position + header.sizeBytes;
  return next === end || (next < end && readMpegHeader(source.upTo(next, 4))?.kind === header.kind);
}

/** Bytes of a frame of free bit rate, without padding: as far as the next two headers of its kind; 0 when there are none. */
function freeFrameBytes(
  source: ByteSource,
  first: { readonly position: number; readonly header: MpegFrameHeader },
  end: number,
): number {
  const { position, header } = first;
  const bytes = Buffer.from(source.upTo(position, Math.min(2 * maxFrameBytes, end - position)));
  for (let at = bytes.indexOf(0xff, 24); at > 0 && at < maxFrameBytes; at = bytes.indexOf(0xff, at + 1)) {
    const second = readMpegHeader(bytes, at);
    if (second?.kind !== header.kind) continue;
    const size = at - header.paddingBytes;
    if (readMpegHeader(bytes, at + size + second.paddingBytes)?.kind === header.kind) return size;
  }
  return 0;
}
