/** Zero crossings of the sinc on either side of a sample. */
const reach = 64;
/** Places between two samples for which the filter is tabulated; in between it is interpolated. */
const phases = 1024;
/** Of half the lower sample rate: what is kept whole. */
const passed = 0.96;
/** Kaiser's: some −100 dB beyond the transition. */
const beta = 10;

/**
 * Another sample rate, as the samples come, without delay: frame i of the result is what the recording was at i / toHz.
 *
 * @see Smith, "Digital Audio Resampling Home Page": band-limited interpolation
 */
export class Resampler {
  readonly #step: number;
  readonly #fromHz: number;
  readonly #toHz: number;
  readonly #reach: number;
  readonly #table: Float64Array;
  readonly #channels: number;
  /** Input frames from `#start` on; what lies before 0 is silence. */
  #held: Float32Array[];
  #start: number;
  #received = 0;
  #made = 0;

  constructor(fromHz: number, toHz: number, channels: number) {
    this.#fromHz = fromHz;
    this.#toHz = toHz;
    this.#step = fromHz / toHz;
    const narrower = Math.min(1, toHz / fromHz) * passed;
    this.#reach = Math.ceil(reach / narrower);
    this.#table = filterTable(narrower, this.#reach);
    this.#channels = channels;
    this.#start = -this.#reach - 1;
    this.#held = Array.from({ length: channels }, () => new Float32Array(this.#reach + 1));
  }

  add(channels: readonly Float32Array[], frames: number): Float32Array[] {
    if (this.#step === 1) return channels.map((samples) => samples.slice(0, frames));
    this.#received += frames;
    const more = channels.map((samples) => samples.subarray(0, frames));
    return this.#make(more, (ready) => ready);
  }

  /** What silence behind the last frame completes: in all, as many frames as have begun by then. */
  end(): Float32Array[] {
    if (this.#step === 1) return Array.from({ length: this.#channels }, () => new Float32Array(0));
    const total = Math.ceil((this.#received * this.#toHz) / this.#fromHz);
    const silence = new Float32Array(this.#reach + 2);
    return this.#make(
      Array.from({ length: this.#channels }, () => silence),
      () => total,
    );
  }

  #make(more: readonly Float32Array[], limit: (ready: number) => number): Float32Array[] {
    this.#held = this.#held.map((samples, channel) => concatenate(samples, more[channel] as Float32Array));
    const end = this.#start + (this.#held[0]?.length ?? 0);
    // The last frame whose filter ends before the samples do.
    const ready = Math.floor(((end - 1 - this.#reach) * this.#toHz) / this.#fromHz);
    const until = Math.max(this.#made, limit(ready));
    const out = Array.from({ length: this.#channels }, () => new Float32Array(until - this.#made));
    const weights = new Float64Array(2 * this.#reach);
    for (let i = this.#made; i < until; i++) {
      // Whole numbers as long as possible: three hours at 192 kHz are 2⁵¹ of these.
      const position = (i * this.#fromHz) / this.#toHz;
      const whole = Math.floor(position);
      this.#weigh(position - whole, weights);
      const from = whole - this.#reach + 1 - this.#start;
      for (let channel = 0; channel < this.#channels; channel++) {
        const held = this.#held[channel] as Float32Array;
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) sum += (held[from + tap] ?? 0) * (weights[tap] as number);
        (out[channel] as Float32Array)[i - this.#made] = sum;
      }
    }
    this.#made = until;
    const keepFrom = Math.floor((until * this.#fromHz) / this.#toHz) - this.#reach;
    const drop = Math.max(0, Math.min(keepFrom - this.#start, this.#held[0]?.length ?? 0));
    this.#held = this.#held.map((samples) => samples.slice(drop));
    this.#start += drop;
    return out;
  }

  #weigh(fraction: number, weights: Float64Array): void {
    for (let tap = 0; tap < weights.length; tap++) {
      const at = Math.abs(fraction - (tap - this.#reach + 1)) * phases;
      const index = at | 0;
      const value = this.#table[index] as number;
      weights[tap] = value + (at - index) * ((this.#table[index + 1] as number) - value);
    }
  }
}

/** Half of a symmetric filter: a sinc that passes `narrower` of the input's band, under Kaiser's window. */
function filterTable(narrower: number, reachFrames: number): Float64Array {
  const scale = bessel(beta);
  return Float64Array.from({ length: reachFrames * phases + 2 }, (_, i) => {
    const at = i / phases;
    if (at >= reachFrames) return 0;
    const x = Math.PI * at * narrower;
    const sinc = x === 0 ? 1 : Math.sin(x) / x;
    return (narrower * sinc * bessel(beta * Math.sqrt(1 - (at / reachFrames) ** 2))) / scale;
  });
}

/** I₀, the modified Bessel function. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function concatenate(a: Float32Array, b: Float32Array): Float32Array {
  const out = new Float32Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
