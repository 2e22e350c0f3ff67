import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { RuntimeSetup } from '#processors/contract.ts';
import type { Mask } from '#processors/shared/image/alpha.ts';
import { ensureModelFile } from '#processors/shared/model-store.ts';
import { alphaName, pixelsName } from './float-graph.ts';
import { multipliesIntegersExactly } from './integer-probe.ts';
import { floatFile, int8File } from './isnet-model.ts';

export type Precision = 'float' | 'int8';

/** One look of the network at a picture. */
export interface Look {
  readonly precision: Precision;
  /** Side of the square that the picture is stretched to; a multiple of 64. */
  readonly sizePx: number;
}

/** The sessions of one child process: opened when first needed, kept for its life. */
export class Segmenter {
  /** What looks that need not be exact are made with on this machine. */
  readonly quick: Precision;
  readonly #setup: RuntimeSetup;
  readonly #sessions = new Map<Precision, Promise<InferenceSession>>();

  private constructor(setup: RuntimeSetup, quick: Precision) {
    this.#setup = setup;
    this.quick = quick;
  }

  /** Asks the machine what it can do; loads nothing yet. */
  static async open(setup: RuntimeSetup): Promise<Segmenter> {
    const exact = await multipliesIntegersExactly((model) => InferenceSession.create(model, sessionOptions(setup)));
    return new Segmenter(setup, exact ? 'int8' : 'float');
  }

  /** @param pixels sRGB, 3 bytes a pixel, `sizePx` squared */
  async look({ precision, sizePx }: Look, pixels: Uint8Array): Promise<Mask> {
    const session = await this.#session(precision);
    const feeds = { [pixelsName]: new Tensor('uint8', pixels, [1, sizePx, sizePx, 3]) };
    const { [alphaName]: alpha } = await session.run(feeds, [alphaName]);
    if (!alpha) throw new Error('the session gave no alpha');
    return { sizePx, alpha: alpha.data as Uint8Array };
  }

  #session(precision: Precision): Promise<InferenceSession> {
    const opened = this.#sessions.get(precision) ?? this.#openSession(precision);
    this.#sessions.set(precision, opened);
    return opened;
  }

  async #openSession(precision: Precision): Promise<InferenceSession> {
    const path = await ensureModelFile(this.#setup.modelsDir, precision === 'float' ? floatFile : int8File);
    return await InferenceSession.create(path, sessionOptions(this.#setup));
  }
}

/**
 * Threads are said aloud because the runtime's own guess counts the host's cores, not the container's. Memory
 * patterns are off: they buy a tenth of the time with half again the memory.
 */
function sessionOptions({ threads }: RuntimeSetup): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: { session: { use_device_allocator_for_initializers: '1' } },
  };
}
