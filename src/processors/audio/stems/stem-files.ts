import { join } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import { openEncoder } from '../../shared/audio/encode/audio-encoder.ts';
import type { AudioEncoder, AudioFileFormat } from '../../shared/audio/encode/encoder.ts';
import type { StemName } from '../../shared/models/separation-descriptor.ts';
import type { StemPlan } from './plan-stems.ts';
import type { Separated } from './separator.ts';

/** What a child may write into one file, less a header. */
const maxFileBytes = 2 ** 32 - 4_096;
/** Of a sample, before compression: a FLAC of noise is as large. */
const bytesPerSample = { wav: 4, flac: 3, mp3: 0.5 } as const;

export interface StemFilesOptions {
  readonly scratchDir: string;
  readonly format: AudioFileFormat;
  readonly sampleRateHz: number;
  readonly channels: number;
}

export interface StemFile {
  readonly stem: StemName;
  readonly file: string;
  readonly clippedSamples: number;
}

/** The files of the stems that are wanted, written side by side. */
export class StemFiles implements AsyncDisposable {
  readonly #plan: StemPlan;
  readonly #options: StemFilesOptions;
  readonly #encoders: ReadonlyMap<StemName, AudioEncoder>;
  #frames = 0;

  private constructor(plan: StemPlan, options: StemFilesOptions, encoders: ReadonlyMap<StemName, AudioEncoder>) {
    this.#plan = plan;
    this.#options = options;
    this.#encoders = encoders;
  }

  static async open(plan: StemPlan, options: StemFilesOptions): Promise<StemFiles> {
    const { scratchDir, format, sampleRateHz, channels } = options;
    const encoders = new Map<StemName, AudioEncoder>();
    const files = new StemFiles(plan, options, encoders);
    try {
      for (const stem of plan.wanted) {
        const path = join(scratchDir, `${stem}.${format}`);
        encoders.set(stem, await openEncoder(format, { path, sampleRateHz, channels }));
      }
      return files;
    } catch (error) {
      await files[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @throws AppError RESULT_TOO_LARGE when files of so many frames might be larger than a file may be */
  checkRoom(frames: number): void {
    const { format, channels } = this.#options;
    if (frames * channels * bytesPerSample[format] <= maxFileBytes) return;
    const advice = format === 'wav' ? 'choose the format flac or mp3, or cut the recording' : 'cut the recording';
    throw new AppError('RESULT_TOO_LARGE', `A stem may be no larger than ${formatBytes(maxFileBytes)}: ${advice}.`);
  }

  async write(part: Separated): Promise<void> {
    this.#frames += part.frames;
    this.checkRoom(this.#frames);
    for (const [stem, encoder] of this.#encoders) {
      const channels = stem === this.#plan.rest ? this.#restOf(part) : part.stems.get(stem);
      if (channels === undefined) throw new Error(`nobody made ${stem}`);
      await encoder.write({ channels, frames: part.frames });
    }
  }

  async close(): Promise<StemFile[]> {
    const written: StemFile[] = [];
    for (const [stem, encoder] of this.#encoders) {
      const { clippedSamples } = await encoder.close();
      written.push({ stem, file: `${stem}.${this.#options.format}`, clippedSamples });
    }
    return written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const encoder of this.#encoders.values()) await encoder[Symbol.asyncDispose]();
  }

  /** In the time domain: whatever the others are, all together are the recording. */
  #restOf({ channels, frames, stems }: Separated): Float32Array[] {
    return channels.map((samples, channel) => {
      const rest = Float64Array.from(samples.subarray(0, frames));
      for (const name of this.#plan.estimated) {
        const estimate = stems.get(name)?.[channel];
        if (estimate === undefined) throw new Error(`nobody made ${name}`);
        for (let i = 0; i < frames; i++) rest[i] = (rest[i] as number) - (estimate[i] as number);
      }
      return Float32Array.from(rest);
    });
  }
}
