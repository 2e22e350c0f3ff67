import { needsFfmpeg } from '../media-invalid.ts';
import { BitReader } from './bit-reader.ts';
import { type ChannelStream, createChannelStream, type NoiseSource, readChannelStream } from './channel-stream.ts';
import type { AacConfig } from './config.ts';
import { createFilterBank } from './filter-bank.ts';
import { applyStereo } from './stereo.ts';
import { applyTns } from './tns.ts';
import { frameLength, readWindowInfo, type WindowInfo } from './window-info.ts';

const singleChannel = 0;
const channelPair = 1;
const lfe = 3;
const dataStream = 4;
const programConfig = 5;
const fill = 6;
const end = 7;

const sbrPayload = 13;
/** Beyond what six channels need; a packet of nothing but elements ends sometime. */
const maxElements = 64;

export interface AacDecoder {
  /**
   * @param packet one access unit
   * @returns 1,024 frames, in the stream's order of channels; overwritten by the next
   * @throws RangeError saying what is damaged; AppError where ffmpeg is needed
   */
  decode(packet: Uint8Array): readonly Float32Array[];
}

/**
 * AAC-LC, with tables of the package `aac`, whose own decoder leaves out temporal noise shaping, pulses and the shape of
 * the window before.
 *
 * @see ISO/IEC 14496-3, subpart 4
 */
export function createAacDecoder({ rateIndex, channels }: AacConfig, container: string): AacDecoder {
  const bits = new BitReader();
  const noise: NoiseSource = { state: 0x1f2e3d4c };
  const streams = Array.from({ length: channels }, createChannelStream);
  const filterBanks = Array.from({ length: channels }, createFilterBank);
  const output = Array.from({ length: channels }, () => new Float32Array(frameLength));
  const marked = new Uint8Array(8 * 16);
  let next = 0;

  function takeStream(): ChannelStream {
    const stream = streams[next];
    if (stream === undefined) throw new RangeError('more channels than its header claims');
    next += 1;
    return stream;
  }

  function readOne(stream: ChannelStream, sharedInfo: WindowInfo | undefined): void {
    const globalGain = bits.read(8);
    stream.info = sharedInfo ?? readWindowInfo(bits, rateIndex);
    readChannelStream(bits, stream, globalGain, noise);
  }

  function readPair(): void {
    const left = takeStream();
    const right = takeStream();
    const info = bits.read(1) === 1 ? readWindowInfo(bits, rateIndex) : undefined;
    const mask = info === undefined ? 0 : bits.read(2);
    if (mask === 3) throw new RangeError('a stereo mask of no known kind');
    marked.fill(mask === 2 ? 1 : 0);
    if (info !== undefined && mask === 1) {
      for (let i = 0; i < info.groups.length * info.maxBand; i += 1) marked[i] = bits.read(1);
    }
    readOne(left, info);
    readOne(right, info);
    applyStereo(left, right, marked, mask > 0);
  }

  function readFill(): void {
    const short = bits.read(4);
    const count = short === 15 ? 14 + bits.read(8) : short;
    if (count > 0 && bits.peek(4) >= sbrPayload && bits.peek(4) <= sbrPayload + 1)
      throw needsFfmpeg('HE-AAC', container);
    bits.skip(count * 8);
  }

  function readElements(): void {
    for (let count = 0; count < maxElements; count += 1) {
      const kind = bits.read(3);
      if (kind === end) return;
      if (kind === fill) readFill();
      else {
        bits.skip(4);
        if (kind === singleChannel || kind === lfe) readOne(takeStream(), undefined);
        else if (kind === channelPair) readPair();
        else if (kind === dataStream) skipData(bits);
        else if (kind === programConfig) skipProgramConfig(bits);
        else throw needsFfmpeg('AAC with coupled channels', container);
      }
    }
    throw new RangeError('a frame without an end');
  }

  return {
    decode(packet) {
      bits.load(packet);
      next = 0;
      readElements();
      if (next < channels) throw new RangeError('fewer channels than its header claims');
      if (bits.position > bits.end) throw new RangeError('a frame that is longer than its packet');
      streams.forEach((stream, i) => {
        applyTns(stream.spectrum, stream.tns, stream.info, rateIndex);
        filterBanks[i]?.(stream.spectrum, stream.info, output[i] as Float32Array);
      });
      return output;
    },
  };
}

function skipData(bits: BitReader): void {
  const aligned = bits.read(1) === 1;
  const short = bits.read(8);
  const count = short === 255 ? 255 + bits.read(8) : short;
  if (aligned) bits.align();
  bits.skip(count * 8);
}

/** What channels there are is known already; this says it once more. */
function skipProgramConfig(bits: BitReader): void {
  bits.skip(6);
  const front = bits.read(4);
  const side = bits.read(4);
  const back = bits.read(4);
  const bass = bits.read(2);
  const data = bits.read(3);
  const coupling = bits.read(4);
  if (bits.read(1) === 1) bits.skip(4);
  if (bits.read(1) === 1) bits.skip(4);
  if (bits.read(1) === 1) bits.skip(3);
  bits.skip((front + side + back + coupling) * 5 + (bass + data) * 4);
  bits.align();
  bits.skip(bits.read(8) * 8);
}
