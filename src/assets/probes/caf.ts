import type { Probe } from './probe.ts';
import { cutOff, damagedSound, soundHeader } from './sound.ts';

/** Before the sound in its chunk. */
const editCountBytes = 4;

/**
 * The description, and the table of packets where their size changes.
 *
 * @see Apple: Core Audio Format Specification 1.0
 */
export const probeCaf: Probe = async (file) => {
  const description = await file.bytes(8, 44);
  if (description?.toString('latin1', 0, 4) !== 'desc') throw damagedSound('CAF', 'it does not say what its sound is');
  const sampleRateHz = description.readDoubleBE(12);
  const [packetBytes, packetFrames, channels] = [28, 32, 36].map((at) => description.readUInt32BE(at));
  let [promisedBytes, heldBytes, frames] = [0, 0, 0];
  for (let offset = 8; ; ) {
    const header = await file.bytes(offset, 12);
    if (header === undefined) break;
    const [type, size] = [header.toString('latin1', 0, 4), Number(header.readBigInt64BE(4))];
    const start = offset + 12;
    if (type === 'data') {
      heldBytes = file.sizeBytes - start - editCountBytes;
      promisedBytes = size < 0 ? heldBytes : size - editCountBytes;
    }
    if (type === 'pakt') frames = Number((await file.bytes(start + 8, 8))?.readBigInt64BE(0) ?? 0);
    if (size < 0) break;
    offset = start + size;
  }
  if (frames === 0 && packetBytes) frames = Math.floor(promisedBytes / packetBytes) * (packetFrames ?? 0);
  const header = soundHeader('CAF', { channels: channels ?? 0, sampleRateHz, frames });
  if (heldBytes < promisedBytes) {
    throw cutOff('CAF', header.durationSeconds, (header.durationSeconds * Math.max(0, heldBytes)) / promisedBytes);
  }
  return header;
};
