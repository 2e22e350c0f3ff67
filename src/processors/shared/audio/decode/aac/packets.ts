import { AppError } from '#kernel/errors.ts';
import type { AudioBlock } from '../../audio-stream.ts';
import { fromAacOrder } from '../layout.ts';
import { mediaInvalid, placeOf } from '../media-invalid.ts';
import { createAacDecoder } from './aac-decoder.ts';
import type { AacConfig } from './config.ts';
import { frameLength } from './window-info.ts';

/**
 * Decodes packets of AAC-LC, whatever held them.
 *
 * @throws AppError MEDIA_INVALID with the place, where one is damaged
 */
export function* decodePackets(
  packets: Iterable<Uint8Array>,
  config: AacConfig,
  container: string,
): Generator<AudioBlock> {
  const decoder = createAacDecoder(config, container);
  const order = fromAacOrder(config.channels);
  let decoded = 0;
  for (const packet of packets) {
    const output = decodeOrExplain(() => decoder.decode(packet), decoded);
    yield { channels: order.map((from) => output[from] as Float32Array), frames: frameLength };
    decoded += frameLength;
  }

  function decodeOrExplain<T>(decode: () => T, frame: number): T {
    try {
      return decode();
    } catch (error) {
      if (error instanceof AppError) throw error;
      const place = placeOf(frame, config.sampleRateHz);
      throw mediaInvalid(
        `The ${container} file is damaged at ${place} (minutes:seconds): its AAC holds ${(error as Error).message}.`,
        error,
      );
    }
  }
}

/** Looks into the first packet: that it needs ffmpeg shows nowhere else. */
export function inspectFirstPacket(packets: Iterable<Uint8Array>, config: AacConfig, container: string): void {
  for (const _ of decodePackets(packets, config, container)) return;
}
