import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import type { RuntimeSetup } from '../../contract.ts';

export interface OpenedSession {
  readonly session: InferenceSession;
  /** What computes it: a name from the configuration, or `cpu`. */
  readonly provider: string;
  /** Those that were preferred and could not be used, and why. */
  readonly passedOver: readonly PassedOver[];
}

export interface PassedOver {
  readonly provider: string;
  readonly reason: string;
}

/** Where ONNX Runtime's name is another. */
const runtimeNames: Readonly<Record<string, string>> = { directml: 'dml' };

/**
 * Opens a verified graph with the first execution provider that can; the CPU always can.
 *
 * ONNX Runtime fails a session when one provider of its list does not load, and drops one that was not built in without
 * a word, so that they are tried one by one here.
 *
 * @param model path of a verified file, or a graph's bytes
 * @throws Error what the CPU says of the graph
 */
export async function openSession(model: string | Buffer, setup: RuntimeSetup): Promise<OpenedSession> {
  const available = new Set(listSupportedBackends().map(({ name }) => name));
  const passedOver: PassedOver[] = [];
  for (const provider of setup.executionProviders ?? []) {
    if (provider === 'cpu') break;
    const name = runtimeNames[provider] ?? provider;
    if (!available.has(name)) {
      passedOver.push({ provider, reason: 'it is not part of ONNX Runtime on this system' });
      continue;
    }
    try {
      return { session: await create(model, [name, 'cpu'], setup), provider, passedOver };
    } catch (error) {
      passedOver.push({ provider, reason: (error as Error).message.slice(0, 300) });
    }
  }
  return { session: await create(model, ['cpu'], setup), provider: 'cpu', passedOver };
}

/**
 * Threads are said aloud because the runtime's own guess counts the host's cores, not the container's. Memory
 * patterns are off: they buy a tenth of the time with half again the memory.
 */
async function create(model: string | Buffer, executionProviders: string[], { threads }: RuntimeSetup) {
  const options: InferenceSession.SessionOptions = {
    executionProviders,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: { session: { use_device_allocator_for_initializers: '1' } },
  };
  return typeof model === 'string'
    ? await InferenceSession.create(model, options)
    : await InferenceSession.create(model, options);
}
