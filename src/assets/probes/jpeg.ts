import type { Probe } from './probe.ts';
import { damaged, imageHeader } from './probe.ts';

const marker = { tem: 0x01, rst0: 0xd0, soi: 0xd8, eoi: 0xd9, sos: 0xda } as const;

/**
 * The first frame header (SOF), past whatever cameras put before it.
 *
 * @see ITU-T T.81, annex B
 */
export const probeJpeg: Probe = async (file) => {
  let offset = 2;
  for (;;) {
    // As decoders do: what is not a marker is skipped, and so are fill bytes.
    const chunk = await file.upTo(offset, 4096);
    const at = firstMarker(chunk);
    if (at < 0) {
      if (chunk.length < 2) throw noFrame();
      offset += chunk.length - 1;
      continue;
    }
    const code = chunk[at + 1] ?? 0;
    offset += at + 2;
    if (code === marker.eoi || code === marker.sos) throw noFrame();
    if (code === marker.tem || (code >= marker.rst0 && code <= marker.soi)) continue;

    if (isFrameHeader(code)) {
      const header = await file.bytes(offset, 7);
      if (header === undefined) throw noFrame();
      return imageHeader('JPEG', header.readUInt16BE(5), header.readUInt16BE(3), 1);
    }
    const length = (await file.bytes(offset, 2))?.readUInt16BE(0);
    if (length === undefined || length < 2) throw noFrame();
    offset += length;
  }
};

/** Where 0xFF is followed by a marker's code: neither a stuffed zero nor another fill byte. */
function firstMarker(chunk: Buffer): number {
  for (let at = 0; at + 1 < chunk.length; at += 1) {
    if (chunk[at] === 0xff && isMarkerCode(chunk[at + 1])) return at;
  }
  return -1;
}

function isMarkerCode(byte: number | undefined): boolean {
  return byte !== undefined && byte !== 0x00 && byte !== 0xff;
}

/** SOF0…SOF15 without DHT, JPG and DAC, which lie among them. */
function isFrameHeader(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

function noFrame(): Error {
  return damaged('JPEG', 'it has no usable frame header');
}
