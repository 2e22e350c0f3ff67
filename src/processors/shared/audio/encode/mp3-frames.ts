/** LAME starts with half a frame of silence, and every decoder with 529 samples of its own. */
const encoderDelay = 576;

const bitratesMpeg1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const bitratesMpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** Counts the frames of an MP3 stream that comes in pieces cut anywhere. */
export class Mp3Frames {
  count = 0;
  bytes = 0;
  /** Of the first frame. */
  first: Buffer | undefined;
  readonly #header = Buffer.alloc(4);
  #headerBytes = 0;
  #rest = 0;

  add(piece: Uint8Array): void {
    this.bytes += piece.length;
    for (let at = 0; at < piece.length; ) {
      const skipped = Math.min(this.#rest, piece.length - at);
      this.#rest -= skipped;
      at += skipped;
      if (at >= piece.length) return;
      this.#header[this.#headerBytes++] = piece[at++] as number;
      if (this.#headerBytes < 4) continue;
      this.#headerBytes = 0;
      this.first ??= Buffer.from(this.#header);
      this.count++;
      this.#rest = lengthFrom(this.#header) - 4;
    }
  }
}

/** @see ISO/IEC 11172-3, 2.4.2.3 */
function lengthFrom(header: Buffer): number {
  const [, second = 0, third = 0] = header;
  if (header.readUInt16BE(0) >>> 5 !== 0x7ff) throw new Error('the stream of MP3 is out of step');
  const version = (second >>> 3) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const rateHz = ([44_100, 48_000, 32_000][(third >>> 2) & 3] as number) / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const kbps = (version === 3 ? bitratesMpeg1 : bitratesMpeg2)[third >>> 4] as number;
  return frameBytesOf(rateHz, kbps) + ((third >>> 1) & 1);
}

/** Of a frame without a padding byte. */
export function frameBytesOf(rateHz: number, kbps: number): number {
  return Math.floor(((rateHz >= 32_000 ? 144 : 72) * kbps * 1000) / rateHz);
}

interface Recording {
  readonly rateHz: number;
  readonly bitrateKbps: number;
  readonly channels: 1 | 2;
  /** At the rate of the MP3. */
  readonly frames: number;
}

/**
 * The silent frame that stands before the others and says how many there are, and what of them is the recording.
 *
 * @see http://gabriel.mp3-tech.org/mp3infotag.html
 */
export function infoFrame({ count, bytes: audioBytes, first }: Mp3Frames, recording: Recording): Buffer {
  const { rateHz, bitrateKbps, channels, frames } = recording;
  const frame = Buffer.alloc(frameBytesOf(rateHz, bitrateKbps));
  if (first === undefined) throw new Error('there is no frame');
  first.copy(frame);
  frame[2] = (frame[2] as number) & ~2; // no padding byte
  const sideInfoBytes = rateHz >= 32_000 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  let at = 4 + sideInfoBytes;
  at += frame.write('Info', at);
  at = frame.writeUInt32BE(0xf, at); // all of what follows is there
  at = frame.writeUInt32BE(count, at);
  at = frame.writeUInt32BE(audioBytes + frame.length, at);
  for (let percent = 0; percent < 100; percent++) at = frame.writeUInt8(Math.floor((percent * 256) / 100), at);
  at = frame.writeUInt32BE(0, at);
  const tag = at;
  frame.write('LAME3.100', tag);
  frame[tag + 9] = 0x01; // constant bitrate
  frame[tag + 20] = Math.min(bitrateKbps, 255);
  const padding = count * (rateHz >= 32_000 ? 1152 : 576) - encoderDelay - frames;
  frame.writeUIntBE(encoderDelay * 4096 + Math.min(Math.max(padding, 0), 4095), tag + 21, 3);
  frame.writeUInt32BE(audioBytes + frame.length, tag + 28);
  frame.writeUInt16BE(crc16(frame.subarray(0, tag + 34)), tag + 34);
  return frame;
}

/** CRC-16/ARC. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}
