/** Behind the packet lie zeros, so that reading a little too far needs no check at every bit. */
const spareBytes = 8;

/** Bits of one packet, the highest of a byte first. */
export class BitReader {
  position = 0;
  end = 0;
  #bytes = new Uint8Array(8_192 + spareBytes);

  load(packet: Uint8Array): void {
    if (packet.length + spareBytes > this.#bytes.length) this.#bytes = new Uint8Array(packet.length + spareBytes);
    this.#bytes.set(packet);
    this.#bytes.fill(0, packet.length, packet.length + spareBytes);
    this.position = 0;
    this.end = packet.length * 8;
  }

  /** @param count 1 … 24 */
  peek(count: number): number {
    const at = this.position >>> 3;
    const bytes = this.#bytes;
    const word =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
    return (word << (this.position & 7)) >>> (32 - count);
  }

  /** @param count 1 … 24 */
  read(count: number): number {
    if (this.position > this.end) throw new RangeError('the packet ends in the middle of a frame');
    const value = this.peek(count);
    this.position += count;
    return value;
  }

  skip(count: number): void {
    this.position += count;
    if (this.position > this.end) throw new RangeError('the packet ends in the middle of a frame');
  }

  align(): void {
    this.position = (this.position + 7) & ~7;
  }
}
