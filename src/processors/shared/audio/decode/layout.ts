import type { ChannelRole } from '../audio-stream.ts';

/** Roles by bit of a WAVE channel mask, in the order in which WAV, FLAC and ffmpeg store channels. */
const rolesByBit: readonly ChannelRole[] = [
  'left',
  'right',
  'centre',
  'lfe',
  'left-back',
  'right-back',
  'other',
  'other',
  'other',
  'left-surround',
  'right-surround',
];

const backBits = 0x30;
const sideBits = 0x600;

/** Masks of files that have none, by number of channels. @see FLAC, RFC 9639, section 9.1.3 */
const usualMasks = [0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3f, 0x70f, 0x63f];

/**
 * @param channels 1 … 8
 * @param mask of a WAVE header; bits beyond the channels, or too few of them, are made good with `other`
 */
export function layoutOf(channels: number, mask = usualMasks[channels] ?? 0): ChannelRole[] {
  if (channels === 1) return ['mono'];
  const effective = mask === 0 ? (usualMasks[channels] ?? 0) : mask;
  // A pair behind the listener is the surround pair where there is no other: 5.1 is written both ways.
  const surroundsAreBack = (effective & backBits) !== 0 && (effective & sideBits) === 0;
  const roles: ChannelRole[] = [];
  for (let bit = 0; bit < 18 && roles.length < channels; bit += 1) {
    if ((effective & (1 << bit)) === 0) continue;
    const role = rolesByBit[bit] ?? 'other';
    roles.push(surroundsAreBack && role.endsWith('-back') ? surroundOf(role) : role);
  }
  while (roles.length < channels) roles.push('other');
  return roles;
}

function surroundOf(role: ChannelRole): ChannelRole {
  return role === 'left-back' ? 'left-surround' : 'right-surround';
}

/**
 * Vorbis and Opus store centre and bass elsewhere: the index of their channel for each of ours.
 *
 * @see Vorbis I, section 4.3.9; RFC 7845, section 5.1.1.2
 */
export function fromVorbisOrder(channels: number): readonly number[] {
  return vorbisOrders[channels] ?? Array.from({ length: channels }, (_, i) => i);
}

const vorbisOrders: Readonly<Record<number, readonly number[]>> = {
  3: [0, 2, 1],
  5: [0, 2, 1, 3, 4],
  6: [0, 2, 1, 5, 3, 4],
  7: [0, 2, 1, 6, 5, 3, 4],
  8: [0, 2, 1, 7, 5, 6, 3, 4],
};

/** The same for AAC, by channel configuration. @see ISO/IEC 14496-3, table 1.19 */
export function fromAacOrder(channels: number): readonly number[] {
  return aacOrders[channels] ?? Array.from({ length: channels }, (_, i) => i);
}

const aacOrders: Readonly<Record<number, readonly number[]>> = {
  3: [1, 2, 0],
  4: [1, 2, 0, 3],
  5: [1, 2, 0, 3, 4],
  6: [1, 2, 0, 5, 3, 4],
};
