import tables from 'aac/src/tables.js';
import { mediaInvalid, needsFfmpeg } from '../media-invalid.ts';
import { BitReader } from './bit-reader.ts';

/** What a decoder of AAC-LC must know before the first packet. */
export interface AacConfig {
  readonly sampleRateHz: number;
  /** Which tables of bands: 0 for 96 kHz … 11 for 8 kHz. */
  readonly rateIndex: number;
  /** 1 … 6: how many, and which. */
  readonly channels: number;
}

const lowComplexity = 2;
const sbr = 5;
const parametricStereo = 29;
const explicitRate = 15;

/**
 * @param objectType of the profile: 2 is low complexity
 * @param channelConfiguration 1 … 6; others need ffmpeg
 */
export function aacConfig(
  objectType: number,
  sampleRateHz: number,
  channelConfiguration: number,
  container: string,
): AacConfig {
  if (objectType === sbr || objectType === parametricStereo) throw needsFfmpeg('HE-AAC', container);
  if (objectType !== lowComplexity) throw needsFfmpeg(`AAC of object type ${objectType}`, container);
  if (channelConfiguration < 1 || channelConfiguration > 6) {
    throw needsFfmpeg(`AAC of channel configuration ${channelConfiguration}`, container);
  }
  if (!(sampleRateHz >= 7_000 && sampleRateHz <= 96_000)) {
    throw mediaInvalid(`The ${container} file claims ${sampleRateHz} samples a second, which AAC has not.`);
  }
  return { sampleRateHz, rateIndex: nearestRate(sampleRateHz), channels: channelConfiguration };
}

/** @param index 0 … 12, as ADTS and MP4 write it */
export function rateOfIndex(index: number): number | undefined {
  return tables.SAMPLE_RATES[index];
}

/** Rates between the usual ones use the tables of a neighbour. @see ISO/IEC 14496-3, table 4.82 */
function nearestRate(sampleRateHz: number): number {
  const limits = [92_017, 75_132, 55_426, 46_009, 37_566, 27_713, 23_004, 18_783, 13_856, 11_502, 9_391];
  const index = limits.findIndex((limit) => sampleRateHz >= limit);
  return index < 0 ? limits.length : index;
}

/**
 * Reads an AudioSpecificConfig.
 *
 * @see ISO/IEC 14496-3, section 1.6.2.1
 */
export function readAudioSpecificConfig(bytes: Uint8Array, container: string): AacConfig {
  const bits = new BitReader();
  bits.load(bytes);
  try {
    const objectType = readObjectType(bits);
    const index = bits.read(4);
    const rate = index === explicitRate ? bits.read(24) : rateOfIndex(index);
    const channels = bits.read(4);
    if (rate === undefined) throw new RangeError('a sample rate that is not in the table');
    const config = aacConfig(objectType, rate, channels, container);
    if (bits.read(1) === 1) throw needsFfmpeg('AAC in frames of 960 samples', container);
    if (bits.read(1) === 1) bits.skip(14);
    bits.read(1);
    // An extension that old decoders jump over: spectral band replication on top of low complexity.
    if (
      bits.end - bits.position >= 17 &&
      bits.read(11) === 0x2b7 &&
      readObjectType(bits) === sbr &&
      bits.read(1) === 1
    ) {
      throw needsFfmpeg('HE-AAC', container);
    }
    return config;
  } catch (error) {
    if (error instanceof RangeError) throw mediaInvalid(`The ${container} file is damaged: it holds ${error.message}.`);
    throw error;
  }
}

function readObjectType(bits: BitReader): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}
