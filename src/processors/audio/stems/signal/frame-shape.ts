/** How long a frame is: what is held and what is struck are told apart best around here. */
const frameSeconds = 0.0464;

/** Room beside each row of bins, so that kernels may look past both ends. */
export const rowMargin = 32;

export interface FrameShape {
  readonly sampleRateHz: number;
  readonly size: number;
  /** A quarter of it. */
  readonly hop: number;
  /** Without the one at half the sample rate. */
  readonly bins: number;
  /** Floats from one row of bins to the next. */
  readonly rowStride: number;
}

/** The same duration at every sample rate, as nearly as powers of two allow: 2048 samples at 44.1 kHz. */
export function frameShape(sampleRateHz: number): FrameShape {
  const size = Math.max(256, 2 ** Math.round(Math.log2(frameSeconds * sampleRateHz)));
  const bins = size / 2;
  return { sampleRateHz, size, hop: size / 4, bins, rowStride: bins + 2 * rowMargin };
}
