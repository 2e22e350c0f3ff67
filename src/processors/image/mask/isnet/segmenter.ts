import { Tensor } from 'onnxruntime-node';
import type { RuntimeSetup } from '#processors/contract.ts';
import type { Mask } from '#processors/shared/image/alpha.ts';
import { ensureModelFile } from '#processors/shared/model-store.ts';
import { type OpenedSession, openSession } from '#processors/shared/onnx/open-session.ts';
import type { SessionPool } from '#processors/shared/onnx/session-pool.ts';
import { alphaName, pixelsName } from './float-graph.ts';
import { multipliesIntegersExactly } from './integer-probe.ts';
import { floatFile, int8File, workingBytes } from './isnet-model.ts';

export type Precision = 'float' | 'int8';

/** One look of the network at a picture. */
export interface Look {
  readonly precision: Precision;
  /** Side of the square that the picture is stretched to; a multiple of 64. */
  readonly sizePx: number;
}

/** A mask, and what it was computed with. */
export type Seen = Mask & Pick<OpenedSession, 'provider'>;

/** IS-Net in one child process: its two graphs are opened when first needed. */
export class Segmenter {
  /** What looks that need not be exact are made with on this machine. */
  readonly quick: Precision;
  readonly #setup: RuntimeSetup;
  readonly #sessions: SessionPool;

  private constructor(setup: RuntimeSetup, sessions: SessionPool, quick: Precision) {
    this.#setup = setup;
    this.#sessions = sessions;
    this.quick = quick;
  }

  /** Asks the machine what it can do; loads nothing yet. */
  static async open(setup: RuntimeSetup, sessions: SessionPool): Promise<Segmenter> {
    // Other processors than the CPU are quick in full precision.
    const onCpu = (setup.executionProviders?.[0] ?? 'cpu') === 'cpu';
    const exact =
      onCpu && (await multipliesIntegersExactly(async (model) => (await openSession(model, setup)).session));
    return new Segmenter(setup, sessions, exact ? 'int8' : 'float');
  }

  /** @param pixels sRGB, 3 bytes a pixel, `sizePx` squared */
  async look({ precision, sizePx }: Look, pixels: Uint8Array): Promise<Seen> {
    const { session, provider } = await this.#session(precision);
    const feeds = { [pixelsName]: new Tensor('uint8', pixels, [1, sizePx, sizePx, 3]) };
    const { [alphaName]: alpha } = await session.run(feeds, [alphaName]);
    if (!alpha) throw new Error('the session gave no alpha');
    return { sizePx, alpha: alpha.data as Uint8Array, provider };
  }

  #session(precision: Precision): Promise<OpenedSession> {
    const file = precision === 'float' ? floatFile : int8File;
    return this.#sessions.use(file.sha256, workingBytes[precision], async () =>
      openSession(await ensureModelFile(this.#setup.modelsDir, file), this.#setup),
    );
  }
}
