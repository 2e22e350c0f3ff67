import type { ByteSource } from '../byte-source.ts';
import type { Decoder } from '../decoder.ts';
import { needsFfmpeg } from '../media-invalid.ts';
export async function openAdts(_source: ByteSource): Promise<Decoder> {
  throw needsFfmpeg('AAC', 'ADTS');
}
