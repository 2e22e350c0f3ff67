import type { Probe } from './probe.ts';
import { damagedSound, isVideo, soundHeader } from './sound.ts';
import { walk } from './walk.ts';

const id = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  track: 0xae,
  trackType: 0x83,
  audio: 0xe1,
  sampleRate: 0xb5,
  channels: 0x9f,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
} as const;

/** What is gone into: what follows is its first child. So sizes that nobody knew when they were written do not matter. */
const masters: readonly number[] = [
  id.ebml,
  id.segment,
  id.info,
  id.tracks,
  id.track,
  id.audio,
  id.cluster,
  id.blockGroup,
];
const type = { video: 1, sound: 2 } as const;
/** An element's head and what is read of its content. */
const lookBytes = 64;
const nanosecond = 1e-9;

/**
 * Matroska or WebM with sound alone, as browsers record it. They write no duration: then it is where the last block is.
 *
 * @see RFC 8794 (EBML), section 4; RFC 9559 (Matroska), section 5
 */
export const probeMatroska: Probe = async (file) => {
  let [docType, scale, duration] = ['', 1_000_000, 0];
  let [clusterTime, lastTime] = [0, 0];
  let [channels, sampleRateHz] = [1, 8_000];
  const types = new Set<number>();
  await walk(file, 0, lookBytes, (bytes) => {
    const element = readElement(bytes);
    if (element === undefined) return 0;
    const { name, headBytes, sizeBytes } = element;
    if (masters.includes(name)) return headBytes;
    const content = bytes.subarray(headBytes, headBytes + Math.min(sizeBytes, lookBytes - headBytes));
    if (name === id.docType) docType = content.toString('latin1').replace(/\0.*$/s, '');
    else if (name === id.timestampScale) scale = integer(content);
    else if (name === id.duration) duration = float(content);
    else if (name === id.trackType) types.add(integer(content));
    else if (name === id.channels) channels = integer(content);
    else if (name === id.sampleRate) sampleRateHz = float(content);
    else if (name === id.timestamp) clusterTime = integer(content);
    else if (name === id.block || name === id.simpleBlock) {
      const track = vint(content, 8);
      if (track !== undefined && content.length >= track.sizeBytes + 2) {
        lastTime = Math.max(lastTime, clusterTime + content.readInt16BE(track.sizeBytes));
      }
    }
    return headBytes + sizeBytes;
  });
  const name = docType === 'webm' ? 'WebM' : 'Matroska';
  if (types.has(type.video)) throw isVideo(`a ${name} video${types.has(type.sound) ? ' with sound' : ''}`);
  if (!types.has(type.sound)) throw damagedSound(name, 'it does not say what it holds; it may be cut off');
  const seconds = (duration || lastTime) * scale * nanosecond;
  const mediaType = docType === 'webm' ? 'audio/webm' : 'audio/matroska';
  return soundHeader(name, { channels, sampleRateHz, frames: seconds * sampleRateHz, mediaType });
};

function readElement(bytes: Buffer) {
  const idBytes = Math.clz32((bytes[0] ?? 0) << 24) + 1;
  if (idBytes > 4 || bytes.length < idBytes + 1) return undefined;
  const size = vint(bytes.subarray(idBytes), 8);
  if (size === undefined) return undefined;
  return { name: bytes.readUIntBE(0, idBytes), headBytes: idBytes + size.sizeBytes, sizeBytes: size.value };
}

/** A number whose length is told by its leading zeros; beyond what a number holds exactly, it only stays large. */
function vint(bytes: Buffer, maxBytes: number): { readonly value: number; readonly sizeBytes: number } | undefined {
  const first = bytes[0] ?? 0;
  const sizeBytes = Math.clz32(first << 24) + 1;
  if (sizeBytes > maxBytes || bytes.length < sizeBytes) return undefined;
  const value = bytes.subarray(1, sizeBytes).reduce((sum, byte) => sum * 256 + byte, first & (0xff >> sizeBytes));
  return { value, sizeBytes };
}

function integer(bytes: Buffer): number {
  return bytes.subarray(0, 8).reduce((sum, byte) => sum * 256 + byte, 0);
}

function float(bytes: Buffer): number {
  return bytes.length === 4 ? bytes.readFloatBE(0) : bytes.length === 8 ? bytes.readDoubleBE(0) : 0;
}
