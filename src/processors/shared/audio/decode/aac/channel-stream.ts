import type { BitReader } from './bit-reader.ts';
import { readSymbol, scaleFactorCodebook, spectralCodebooks } from './codebooks.ts';
import { readTns } from './tns.ts';
import { frameLength, shortLength, type WindowInfo } from './window-info.ts';

/** Codebooks that are none. */
export const zeroBand = 0;
const escapeBand = 11;
export const noiseBand = 13;
export const invertedIntensity = 14;
export const intensity = 15;

const maxBandsAndGroups = 8 * 16;
const maxQuantised = 8_191;
const powers = Float64Array.from({ length: maxQuantised + 1 }, (_, i) => i ** (4 / 3));

interface Pulse {
  readonly line: number;
  readonly amplitude: number;
}

/** Makes the same noise for everybody who starts with the same state, as ffmpeg does. */
export interface NoiseSource {
  state: number;
}

/** One channel of one frame, before the filter bank. Kept and filled again. @see ISO/IEC 14496-3, section 4.5.2 */
export interface ChannelStream {
  info: WindowInfo;
  /** Codebook of each band, group after group. */
  readonly bands: Uint8Array;
  readonly scales: Float32Array;
  readonly spectrum: Float32Array;
  tns: ReturnType<typeof readTns>;
}

export function createChannelStream(): ChannelStream {
  return {
    info: { sequence: 0, shape: 0, isShort: false, groups: [1], maxBand: 0, offsets: new Uint16Array(1), bandCount: 0 },
    bands: new Uint8Array(maxBandsAndGroups),
    scales: new Float32Array(maxBandsAndGroups),
    spectrum: new Float32Array(frameLength),
    tns: [],
  };
}

/** Reads what follows `info`, which the caller has read. */
export function readChannelStream(
  bits: BitReader,
  channel: ChannelStream,
  globalGain: number,
  noise: NoiseSource,
): void {
  const { info } = channel;
  readSections(bits, channel);
  readScaleFactors(bits, channel, globalGain);
  const pulses = bits.read(1) === 1 ? readPulses(bits, info) : [];
  channel.tns = bits.read(1) === 1 ? readTns(bits, info) : [];
  if (bits.read(1) === 1) throw new RangeError('gain control, which this profile has not');
  readSpectrum(bits, channel, noise);
  for (const pulse of pulses) addPulse(channel, pulse);
}

function readSections(bits: BitReader, { info, bands }: ChannelStream): void {
  const width = info.isShort ? 3 : 5;
  const longest = (1 << width) - 1;
  for (let group = 0; group < info.groups.length; group += 1) {
    for (let band = 0; band < info.maxBand; ) {
      const codebook = bits.read(4);
      if (codebook === 12) throw new RangeError('codebook 12');
      let end = band;
      let more: number;
      do {
        more = bits.read(width);
        end += more;
      } while (more === longest);
      if (end > info.maxBand) throw new RangeError(`${end} bands of ${info.maxBand}`);
      bands.fill(codebook, group * info.maxBand + band, group * info.maxBand + end);
      band = end;
    }
  }
}

function readScaleFactors(bits: BitReader, { info, bands, scales }: ChannelStream, globalGain: number): void {
  let gain = globalGain;
  let noiseGain = globalGain - 90;
  let position = 0;
  let isFirstNoise = true;
  const difference = () => (scaleFactorCodebook.values[readSymbol(bits, scaleFactorCodebook)] as number) - 60;
  for (let i = 0; i < info.groups.length * info.maxBand; i += 1) {
    const codebook = bands[i];
    if (codebook === zeroBand) scales[i] = 0;
    else if (codebook === intensity || codebook === invertedIntensity) {
      position += difference();
      scales[i] = 2 ** (-clamp(position, -155, 100) / 4);
    } else if (codebook === noiseBand) {
      noiseGain += isFirstNoise ? bits.read(9) - 256 : difference();
      isFirstNoise = false;
      scales[i] = 2 ** (clamp(noiseGain, -100, 155) / 4);
    } else {
      gain += difference();
      if (gain < 0 || gain > 255) throw new RangeError(`a scale factor of ${gain}`);
      scales[i] = 2 ** ((gain - 100) / 4);
    }
  }
}

function readPulses(bits: BitReader, info: WindowInfo): Pulse[] {
  if (info.isShort) throw new RangeError('pulses in short windows');
  const count = bits.read(2) + 1;
  const firstBand = bits.read(6);
  let line = info.offsets[firstBand];
  const pulses: Pulse[] = [];
  for (let i = 0; i < count; i += 1) {
    line = (line ?? frameLength) + bits.read(5);
    if (line >= frameLength) throw new RangeError(`a pulse at line ${line}`);
    pulses.push({ line, amplitude: bits.read(4) });
  }
  return pulses;
}

function readSpectrum(bits: BitReader, { info, bands, scales, spectrum }: ChannelStream, noise: NoiseSource): void {
  const { offsets, maxBand } = info;
  spectrum.fill(0);
  let groupStart = 0;
  let i = 0;
  for (const windows of info.groups) {
    for (let band = 0; band < maxBand; band += 1, i += 1) {
      const codebook = bands[i] as number;
      if (codebook === zeroBand || codebook >= invertedIntensity) continue;
      const from = groupStart + (offsets[band] as number);
      const width = (offsets[band + 1] as number) - (offsets[band] as number);
      const scale = scales[i] as number;
      for (let window = 0, at = from; window < windows; window += 1, at += shortLength) {
        if (codebook === noiseBand) fillWithNoise(spectrum, at, width, scale, noise);
        else readBand(bits, spectrum, at, width, codebook, scale);
      }
    }
    groupStart += windows * shortLength;
  }
}

function readBand(
  bits: BitReader,
  spectrum: Float32Array,
  from: number,
  width: number,
  codebook: number,
  scale: number,
): void {
  const book = spectralCodebooks[codebook];
  if (book === undefined) throw new RangeError(`codebook ${codebook}`);
  const { values, dimension } = book;
  // Of these the table holds magnitudes, and signs follow.
  const hasSigns = codebook === 3 || codebook === 4 || codebook >= 7;
  const end = from + width;
  for (let at = from; at < end; at += dimension) {
    const first = readSymbol(bits, book) * dimension;
    if (hasSigns) readMagnitudes(bits, spectrum, at, values, first, dimension, codebook, scale);
    else {
      for (let k = 0; k < dimension; k += 1) {
        const value = values[first + k] as number;
        spectrum[at + k] = (value < 0 ? -(powers[-value] as number) : (powers[value] as number)) * scale;
      }
    }
  }
}

function readMagnitudes(
  bits: BitReader,
  spectrum: Float32Array,
  at: number,
  values: Int8Array,
  first: number,
  dimension: number,
  codebook: number,
  scale: number,
): void {
  let signs = 0;
  for (let k = 0; k < dimension; k += 1) {
    if (values[first + k] !== 0) signs |= bits.read(1) << k;
  }
  for (let k = 0; k < dimension; k += 1) {
    let value = values[first + k] as number;
    if (value === 16 && codebook === escapeBand) value = readEscape(bits);
    const magnitude = (powers[value] as number) * scale;
    spectrum[at + k] = (signs >> k) & 1 ? -magnitude : magnitude;
  }
}

function readEscape(bits: BitReader): number {
  let width = 4;
  while (bits.read(1) === 1) width += 1;
  if (width > 12) throw new RangeError('a value beyond 8191');
  return (1 << width) + bits.read(width);
}

function fillWithNoise(spectrum: Float32Array, from: number, width: number, scale: number, noise: NoiseSource): void {
  let energy = 0;
  for (let k = from; k < from + width; k += 1) {
    noise.state = (Math.imul(noise.state, 1_664_525) + 1_013_904_223) | 0;
    spectrum[k] = noise.state;
    energy += noise.state * noise.state;
  }
  const factor = scale / Math.sqrt(energy);
  for (let k = from; k < from + width; k += 1) spectrum[k] = (spectrum[k] as number) * factor;
}

/** Some lines stand out by more than their codebook holds. */
function addPulse({ info, bands, scales, spectrum }: ChannelStream, { line, amplitude }: Pulse): void {
  const band = info.offsets.findLastIndex((offset) => offset <= line);
  const scale = scales[band] ?? 0;
  if (band >= info.maxBand || bands[band] === noiseBand || scale === 0) return;
  const value = (spectrum[line] as number) / scale;
  const quantised = Math.round(Math.sign(value) * Math.abs(value) ** 0.75);
  const raised = quantised > 0 ? quantised + amplitude : quantised - amplitude;
  spectrum[line] = Math.sign(raised) * Math.abs(raised) ** (4 / 3) * scale;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
