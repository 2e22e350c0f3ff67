import { readStreamInfo } from './flac.ts';
import type { Probe } from './probe.ts';
import { damagedSound, isVideo, type SoundFacts, soundHeader, unreadSound } from './sound.ts';
import { walk } from './walk.ts';

/** A page's header and its table of segments. */
const longestHeaderBytes = 27 + 255;
const firstPage = 2;
/** A page without the end of a packet says no position. */
const noPosition = 0xffffffffffffffffn;
/** What one page can hold: 255 packets of the largest block of Vorbis. */
const mostPageSamples = 255 * 8_192;

const videos = ['\x80theora', 'BBCD\0', 'OVP80', '\x80daala', '\x01video'];
/** Streams beside the sound that are none of our business. */
const companions = ['fishead\0', 'fisbone\0', '\x80kate', 'CMML'];

interface StreamFacts extends Omit<SoundFacts, 'frames'> {
  /** Samples before the recording begins. */
  readonly skipped: number;
  /** Whether our own decoders read it. */
  readonly isCommon: boolean;
}

/** One of the recordings that a file holds, usually the only one. */
interface Link {
  readonly serial: number;
  readonly facts: StreamFacts;
  first: number | undefined;
  last: number;
}

/**
 * What is in it by its first packet, and how long by the positions of its pages. Recordings that follow each other in one
 * file, as radio stations send them, are added up; they are another type, and so is Speex: ffmpeg decodes them.
 *
 * @see RFC 3533, section 6; RFC 7845, section 4.3; Vorbis I, section 4.2.2; the mapping of FLAC to Ogg
 */
export const probeOgg: Probe = async (file) => {
  const links: Link[] = [];
  await walk(file, 0, longestHeaderBytes, (bytes, position) => {
    if (bytes.length < 27 || bytes.toString('latin1', 0, 4) !== 'OggS') return toNextPage(bytes);
    const segments = bytes.readUInt8(26);
    const header = 27 + segments;
    const body = bytes.subarray(27, header).reduce((sum, length) => sum + length, 0);
    const serial = bytes.readUInt32LE(14);
    if ((bytes.readUInt8(5) & firstPage) !== 0) {
      const facts = streamFacts(bytes.subarray(header, header + Math.min(body, 64)));
      if (facts !== undefined) links.push({ serial, facts, first: undefined, last: 0 });
    } else if (position + header + body <= file.sizeBytes) {
      note(links.at(-1), serial, bytes.readBigUInt64LE(6));
    }
    return header + body;
  });
  const [first] = links;
  if (first === undefined) throw damagedSound('Ogg', 'it has no stream of sound');
  const seconds = links.reduce((sum, link) => sum + samplesOf(link) / link.facts.sampleRateHz, 0);
  const { sampleRateHz, channels } = first.facts;
  const isCommon = first.facts.isCommon && links.length === 1;
  return soundHeader('Ogg', {
    channels,
    sampleRateHz,
    frames: seconds * sampleRateHz,
    mediaType: isCommon ? 'audio/ogg' : 'audio/x-ogg',
  });
};

function toNextPage(bytes: Buffer): number {
  const next = bytes.indexOf('OggS', 1, 'latin1');
  return next === -1 ? Math.max(1, bytes.length - 3) : next;
}

function note(link: Link | undefined, serial: number, position: bigint): void {
  if (link?.serial !== serial || position === noPosition || position === 0n) return;
  link.first ??= Number(position);
  link.last = Math.max(link.last, Number(position));
}

function samplesOf({ first = 0, last, facts }: Link): number {
  // What was cut out of the middle of something longer begins at a position of its own.
  const start = first > mostPageSamples ? first : 0;
  return Math.max(0, last - start - facts.skipped);
}

/** @returns nothing for a stream that is neither sound nor picture */
function streamFacts(packet: Buffer): StreamFacts | undefined {
  const begins = (text: string) => packet.toString('latin1', 0, text.length) === text;
  if (begins('OpusHead') && packet.length >= 19) {
    // Mappings above 1 are of ambisonic and of channels without a place.
    const isCommon = packet.readUInt8(18) <= 1;
    return { channels: packet.readUInt8(9), sampleRateHz: 48_000, skipped: packet.readUInt16LE(10), isCommon };
  }
  if (begins('\x01vorbis') && packet.length >= 30) {
    return { channels: packet.readUInt8(11), sampleRateHz: packet.readUInt32LE(12), skipped: 0, isCommon: true };
  }
  if (begins('\x7fFLAC') && packet.length >= 51) {
    const { channels, sampleRateHz } = readStreamInfo(packet.subarray(17));
    return { channels, sampleRateHz, skipped: 0, isCommon: true };
  }
  if (begins('Speex   ') && packet.length >= 52) {
    const [sampleRateHz, channels] = [packet.readUInt32LE(36), packet.readUInt32LE(48)];
    return { channels, sampleRateHz, skipped: 0, isCommon: false };
  }
  if (videos.some(begins)) throw isVideo('an Ogg video');
  if (companions.some(begins)) return undefined;
  throw unreadSound('an Ogg file of unknown content');
}
