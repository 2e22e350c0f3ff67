/** Ten colours of magma at equal distances, by Nathaniel Smith and Stéfan van der Walt for matplotlib (CC0). */
const anchors = [
  0x000004, 0x180f3e, 0x451077, 0x721f81, 0x9f2f7f, 0xcd4071, 0xf1605d, 0xfd9567, 0xfec98d, 0xfcfdbf,
] as const;

/**
 * Colours of rising lightness, in steps that look equal, for printing in grey and for readers who see few colours too.
 *
 * @returns 256 times red, green and blue, dark to light
 */
export function magma(): Uint8Array {
  const palette = new Uint8Array(768);
  for (let index = 0; index < 256; index++) {
    const at = (index / 255) * (anchors.length - 1);
    const low = anchors[Math.floor(at)] ?? 0;
    const high = anchors[Math.ceil(at)] ?? 0;
    const part = at - Math.floor(at);
    for (const [channel, shift] of [16, 8, 0].entries()) {
      const from = (low >> shift) & 255;
      const to = (high >> shift) & 255;
      palette[index * 3 + channel] = Math.round(from + part * (to - from));
    }
  }
  return palette;
}
