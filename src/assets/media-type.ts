import { readMpegHeader } from '#processors/shared/audio/decode/mp3/frame-header.ts';
import { soundTypes } from '#processors/shared/audio/sound-types.ts';
import { adtsFrame } from './probes/adts-frame.ts';
import { looksLikeText, nameText } from './text-type.ts';

/** What may be uploaded. A type belongs here once something can decode it and `probes/` can price it. */
export const acceptedMediaTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
  'image/heic',
  ...soundTypes,
] as const;

export type AcceptedMediaType = (typeof acceptedMediaTypes)[number];

/** The accepted types for people. */
export const acceptedNames =
  'pictures (JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC) and recordings (WAV, AIFF, FLAC, MP3, M4A, AAC, Ogg, WebM, CAF)';

export interface Recognised {
  /** Undefined for what has no business here: it only has a name. */
  readonly mediaType: string | undefined;
  /** Completes "This is …". */
  readonly name: string;
}

/** Bytes from the start of a file that `recognise` wants to see. */
export const headBytes = 16_384;

interface Signature extends Recognised {
  /** Bytes and where they must be, as latin1 text. */
  readonly at: readonly (readonly [offset: number, bytes: string])[];
}

const signatures: readonly Signature[] = [
  { at: [[0, '\xff\xd8\xff']], mediaType: 'image/jpeg', name: 'a JPEG picture' },
  { at: [[0, '\x89PNG\r\n\x1a\n']], mediaType: 'image/png', name: 'a PNG picture' },
  { at: [[0, 'GIF87a']], mediaType: 'image/gif', name: 'a GIF picture' },
  { at: [[0, 'GIF89a']], mediaType: 'image/gif', name: 'a GIF picture' },
  {
    at: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
    mediaType: 'image/webp',
    name: 'a WebP picture',
  },
  { at: [[0, 'II*\0']], mediaType: 'image/tiff', name: 'a TIFF picture' },
  { at: [[0, 'MM\0*']], mediaType: 'image/tiff', name: 'a TIFF picture' },
  { at: [[0, 'II+\0\x08\0\0\0']], mediaType: 'image/tiff', name: 'a TIFF picture' },
  { at: [[0, 'MM\0+\0\x08\0\0']], mediaType: 'image/tiff', name: 'a TIFF picture' },
  {
    at: [
      [0, 'RIFF'],
      [8, 'WAVE'],
    ],
    mediaType: 'audio/wav',
    name: 'a WAV recording',
  },
  {
    at: [
      [0, 'RF64'],
      [8, 'WAVE'],
    ],
    mediaType: 'audio/wav',
    name: 'a WAV recording',
  },
  {
    at: [
      [0, 'BW64'],
      [8, 'WAVE'],
    ],
    mediaType: 'audio/wav',
    name: 'a WAV recording',
  },
  {
    at: [
      [0, 'FORM'],
      [8, 'AIFF'],
    ],
    mediaType: 'audio/aiff',
    name: 'an AIFF recording',
  },
  {
    at: [
      [0, 'FORM'],
      [8, 'AIFC'],
    ],
    mediaType: 'audio/aiff',
    name: 'an AIFF recording',
  },
  { at: [[0, 'fLaC']], mediaType: 'audio/flac', name: 'a FLAC recording' },
  { at: [[0, 'OggS']], mediaType: 'audio/ogg', name: 'an Ogg recording' },
  { at: [[0, 'ID3']], mediaType: 'audio/mpeg', name: 'an MP3 recording' },
  {
    at: [
      [0, 'RIFF'],
      [8, 'AVI '],
    ],
    mediaType: undefined,
    name: 'an AVI video',
  },
  { at: [[0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11']], mediaType: undefined, name: 'a Windows Media (ASF) file' },
  { at: [[0, '\x1a\x45\xdf\xa3']], mediaType: 'audio/matroska', name: 'a Matroska or WebM file' },
  { at: [[0, 'caff\0\x01']], mediaType: 'audio/x-caf', name: 'a CAF recording' },
  { at: [[0, '%PDF-']], mediaType: undefined, name: 'a PDF document' },
  { at: [[0, '%!PS']], mediaType: undefined, name: 'a PostScript file' },
  { at: [[0, '\xc5\xd0\xd3\xc6']], mediaType: undefined, name: 'a PostScript (EPS) file' },
  { at: [[0, '8BPS']], mediaType: undefined, name: 'a Photoshop file' },
  {
    at: [
      [0, 'BM'],
      [6, '\0\0\0\0'],
    ],
    mediaType: undefined,
    name: 'a BMP picture',
  },
  { at: [[0, '\0\0\x01\0']], mediaType: undefined, name: 'an ICO icon' },
  { at: [[0, '\0\0\x02\0']], mediaType: undefined, name: 'a CUR cursor' },
  { at: [[0, '\0\0\0\x0cJXL \r\n\x87\n']], mediaType: undefined, name: 'a JPEG XL picture' },
  { at: [[0, '\xff\x0a']], mediaType: undefined, name: 'a JPEG XL picture' },
  { at: [[0, '\0\0\0\x0cjP  \r\n\x87\n']], mediaType: undefined, name: 'a JPEG 2000 picture' },
  { at: [[0, '\xff\x4f\xff\x51']], mediaType: undefined, name: 'a JPEG 2000 picture' },
  { at: [[0, '\x08\xf2\xa6\xb6']], mediaType: undefined, name: 'a VIPS image' },
  { at: [[0, '\xb6\xa6\xf2\x08']], mediaType: undefined, name: 'a VIPS image' },
  { at: [[0, 'MATLAB ']], mediaType: undefined, name: 'a MATLAB file' },
  { at: [[0, 'PK\x03\x04']], mediaType: undefined, name: 'a ZIP archive or an office document' },
  { at: [[0, 'PK\x05\x06']], mediaType: undefined, name: 'a ZIP archive' },
  { at: [[0, '\x1f\x8b']], mediaType: undefined, name: 'a gzip archive' },
  { at: [[0, 'Rar!']], mediaType: undefined, name: 'a RAR archive' },
  { at: [[0, '7z\xbc\xaf\x27\x1c']], mediaType: undefined, name: 'a 7-Zip archive' },
  { at: [[0, '\x7fELF']], mediaType: undefined, name: 'a program' },
  { at: [[0, 'MZ']], mediaType: undefined, name: 'a program' },
];

/** By the brand of an ISO base media file; the first that is found among its brands. */
const brands: readonly (Recognised & { readonly is: readonly string[] })[] = [
  { is: ['avif', 'avis'], mediaType: 'image/avif', name: 'an AVIF picture' },
  { is: ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx'], mediaType: 'image/heic', name: 'a HEIC picture' },
  { is: ['mif1', 'msf1'], mediaType: 'image/heif', name: 'a HEIF picture' },
];

/**
 * What a file is, by its first bytes; its name and the sender's word do not count.
 *
 * @param head the first `headBytes` bytes, or all of a shorter file
 */
export function recognise(head: Buffer): Recognised {
  const found = signatures.find(({ at }) => at.every(([offset, bytes]) => holds(head, offset, bytes)));
  if (found !== undefined) return { mediaType: found.mediaType, name: found.name };
  if (holds(head, 4, 'ftyp')) return recogniseBrand(head);
  if (isFrames(head, (bytes) => readMpegHeader(bytes))) return { mediaType: 'audio/mpeg', name: 'an MP3 recording' };
  if (isFrames(head, adtsFrame)) return { mediaType: 'audio/aac', name: 'an AAC recording' };
  if (looksLikeText(head)) return { mediaType: undefined, name: nameText(head) };
  return { mediaType: undefined, name: 'of a type that Esteira does not know' };
}

export function isAccepted(mediaType: string | undefined): mediaType is AcceptedMediaType {
  return acceptedMediaTypes.some((accepted) => accepted === mediaType);
}

function holds(head: Buffer, offset: number, bytes: string): boolean {
  return head.toString('latin1', offset, offset + bytes.length) === bytes;
}

/** The major brand decides when it is known; otherwise the compatible ones do, in the order of the table. */
function recogniseBrand(head: Buffer): Recognised {
  const boxBytes = Math.min(head.readUInt32BE(0), head.length);
  const named: string[] = [];
  for (let at = 16; at + 4 <= boxBytes; at += 4) named.push(head.toString('latin1', at, at + 4));
  const major = head.toString('latin1', 8, 12);
  // `mif1` says only that the file is HEIF: what is in it is told by the others.
  const isGeneral = major === 'mif1' || major === 'msf1';
  const candidates = isGeneral ? [...named, major] : [major];
  const found = brands.find(({ is }) => is.some((brand) => candidates.includes(brand)));
  // Whether there is a video in it is not told by brands.
  return found ?? { mediaType: 'audio/mp4', name: 'an MP4 or QuickTime file' };
}

/** Whether frames follow each other from the first byte to the end of what is seen of them. */
function isFrames(head: Buffer, frameOf: (bytes: Buffer) => { readonly sizeBytes: number } | undefined): boolean {
  let at = 0;
  for (let frames = 0; frames < 4 && (at === 0 || at + 8 <= head.length); frames += 1) {
    const frame = frameOf(head.subarray(at));
    if (frame === undefined) return false;
    at += frame.sizeBytes;
  }
  return at > 0;
}
