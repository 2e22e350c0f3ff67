import type { Static, TSchema } from 'typebox';
import type { Preset } from './shared/image/preset.ts';
import type { ModelCatalogue } from './shared/models/model-folder.ts';

/** What is known of a file before it is decoded: enough to refuse it, to price it and to set its deadline. */
export interface MediaInfo {
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly frames?: number;
  readonly durationSeconds?: number;
}

/** What a job will need, estimated from its inputs before it starts. */
export interface Cost {
  /** Peak memory of the child while this job runs, above its idle size. Admission adds these up. */
  readonly memoryBytes: number;
  /** Work on one core; short jobs go first. */
  readonly cpuSeconds: number;
}

/**
 * One kind of work. A processor is a folder: `params.ts`, `processor.ts`, `run.ts`; its name is its path.
 *
 * This half is cheap to import: the API, the CLI and the worker read it. The half that loads native code is `run.ts`,
 * which exports `createRuntime(): ProcessorRuntime`; only a sandbox child ever imports it, and it imports nothing else.
 */
export interface Processor<P extends TSchema = TSchema> {
  /** `image.cutout` for `processors/image/cutout/`. */
  readonly name: string;
  /** Part of every result's key: raised whenever the same input may give other bytes. */
  readonly version: number;
  readonly title: { readonly en: string; readonly 'pt-BR': string };
  /** Media types of inputs, as sniffed from content. */
  readonly accepts: readonly string[];
  readonly inputs: { readonly min: number; readonly max: number };
  /** TypeBox object schema with a default for every optional property; the API schema and the CLI come from it. */
  readonly params: P;
  /** Rules of channels that its parameter `preset` knows by name; shown by the API. */
  readonly presets?: readonly Preset[];
  /** The same request may have another result each time: none is kept for the next, none is shared. */
  readonly varies?: true;
  /**
   * Light work shares its children with all other light work: as many as there are cores, one thread each. Without
   * this, a processor has children of its own, few and with several threads each, because a model stays in them.
   */
  readonly light?: true;
  /**
   * Programs of this machine that its children may start, by name; none when absent. Whoever starts any is not `light`:
   * the right is that of a process.
   */
  readonly programs?: readonly string[];
  /**
   * Results of other processors that the work starts from. They are made before it, are kept by content, and so cost
   * nothing the second time: another background under the same product needs no second look at the photograph.
   * What is needed must not need anything itself.
   */
  needs?(params: Static<P>, inputs: readonly MediaInfo[]): readonly Need[];
  /** What it may load from the models folder; shown and verified by `esteira models`. None when absent. */
  readonly models?: readonly ProcessorModel[];
  /**
   * The same processor, knowing the models that were added to this machine; without it, only those that come with it.
   * Given once, when processors are loaded, to those that can run models of others.
   */
  withModels?(catalogue: ModelCatalogue): Processor<P>;
  /** SHA-256 of the model files that these parameters use, for the result key; empty when there are none. */
  modelHashes(params: Static<P>): readonly string[];
  estimate(inputs: readonly MediaInfo[], params: Static<P>): Cost;
  /** Wall-clock limit in milliseconds; the child is killed at it. */
  deadlineMs(inputs: readonly MediaInfo[], params: Static<P>): number;
}

/** The first output of another processor, made from one of the job's inputs. */
export interface Need {
  readonly processor: string;
  /** Completed with that processor's defaults by whoever makes it. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Index of the input. */
  readonly input: number;
}

/** A need that was met. */
export interface NeededResult extends Omit<ProcessorOutput, 'file'> {
  readonly path: string;
}

/** A model as its user knows it: some files under one name and one licence. */
export interface ProcessorModel {
  readonly name: string;
  readonly licence: string;
  readonly source: string;
  readonly files: readonly ProcessorModelFile[];
}

export interface ProcessorModelFile {
  /** In the models folder. */
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The native half, alive in one child process for many jobs. */
export interface ProcessorRuntime<P extends TSchema = TSchema> {
  /**
   * Loads models and runs them once, so that the first job is as quick as the second.
   *
   * @param params of the job that waits for this child, if one does: what it will not use need not be loaded
   */
  warm(setup: RuntimeSetup, params?: Static<P>): Promise<void>;
  run(context: ProcessorContext<P>): Promise<readonly ProcessorOutput[]>;
}

export interface RuntimeSetup {
  /** Folder of verified model files, kept between starts; the runtime may put files together in it. */
  readonly modelsDir: string;
  /** Threads this child may use for computation. */
  readonly threads: number;
  /** Above this the child is killed; unknown outside a sandbox. */
  readonly memoryBytes?: number;
  /** Absolute paths of those of the processor's `programs` that there are. */
  readonly programs?: Readonly<Record<string, string>>;
  /** What may compute networks, best first, by ONNX Runtime's names in small letters; the CPU alone when absent. */
  readonly executionProviders?: readonly string[];
}

export interface ProcessorContext<P extends TSchema = TSchema> extends RuntimeSetup {
  readonly inputs: readonly (MediaInfo & { readonly path: string })[];
  /** What `needs` asked for, in its order. */
  readonly needed: readonly NeededResult[];
  readonly params: Static<P>;
  /** An empty folder of this job's own; outputs are written here. */
  readonly scratchDir: string;
  /** @param fraction 0…1, never falling */
  progress(fraction: number): void;
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
  readonly signal: AbortSignal;
}

export interface ProcessorOutput {
  /** File name inside the scratch folder. */
  readonly file: string;
  readonly mediaType: string;
  /** Facts about this output for programs: `{ widthPx, heightPx, confidence }`. JSON, small. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Keeps the types of `params` and `run` together where a processor is written. */
export function defineProcessor<P extends TSchema>(processor: Processor<P>): Processor<P> {
  return processor;
}
