import type { ByteSource } from '../byte-source.ts';
import type { Decoder } from '../decoder.ts';
import { needsFfmpeg } from '../media-invalid.ts';
export async function openMp4(_source: ByteSource): Promise<Decoder> {
  throw needsFfmpeg('AAC', 'MP4');
}
