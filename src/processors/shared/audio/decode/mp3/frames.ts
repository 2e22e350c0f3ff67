import type { ByteSource } from '../byte-source.ts';
import { beforeTailTags, skipId3 } from '../id3.ts';
import { mediaInvalid } from '../media-invalid.ts';
import { type MpegFrameHeader, readMpegHeader } from './frame-header.ts';

export interface MpegFrame {
  readonly header: MpegFrameHeader;
  readonly position: number;
}

/** What is looked through at a time. */
const searchBytes = 16_384;
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
  if (first === undefined) {
    throw mediaInvalid('The MP3 file holds no sound: no frame of MPEG audio of a usual bit rate was found in it.');
  }
  position = first.position;
  const { kind } = first.header;
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
    const { sizeBytes } = header;
    // The last frame of a file that was cut anywhere: nobody misses it.
    if (position + sizeBytes > end) return;
    yield { header, position };
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
    const bytes = source.upTo(position, Math.min(searchBytes, end - position));
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
  const next = position + header.sizeBytes;
  return next === end || (next < end && readMpegHeader(source.upTo(next, 4))?.kind === header.kind);
}
