import { join } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import type { RuntimeSetup } from '../../contract.ts';
import { stateOf } from '../model-store.ts';
import type { AnyModelDescriptor } from '../models/parse-descriptor.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import type { SessionPool } from './session-pool.ts';

/**
 * The session of a model that was added, opened when it is first needed.
 *
 * @param workingBytes what opening it and running it once takes
 * @throws AppError MODEL_CORRUPT when its file is not what was added, MODEL_INVALID when it cannot be opened
 */
export async function useAdded(
  model: AnyModelDescriptor,
  sessions: SessionPool,
  setup: RuntimeSetup,
  workingBytes: number,
): Promise<OpenedSession> {
  return await sessions.use(model.sha256, workingBytes, async () => {
    const path = await verifiedPath(setup.modelsDir, model);
    return await asModel(model, setup, openSession(path, setup));
  });
}

/** Whole: what is on the disk now. Nothing else is given to ONNX Runtime. */
async function verifiedPath(modelsDir: string, model: AnyModelDescriptor): Promise<string> {
  const state = await stateOf(modelsDir, model);
  if (state === 'verified') return join(modelsDir, model.fileName);
  const remedy = `Add it again: npx esteira models add ${model.name}.`;
  throw new AppError('MODEL_CORRUPT', `The file of the model ${model.name} is ${state} on this machine. ${remedy}`);
}

/** What the runtime says of a graph is said to whoever uses it, without the folder that it names. */
export async function asModel<T>(
  model: AnyModelDescriptor,
  { modelsDir }: Pick<RuntimeSetup, 'modelsDir'>,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const words = cause instanceof Error ? cause.message : String(cause);
    const said = words.replaceAll(modelsDir, '…').slice(0, 500);
    throw unusable(model, `ONNX Runtime cannot run it (${said})`, cause);
  }
}

/** @param why fits after "because" */
export function unusable({ name }: AnyModelDescriptor, why: string, cause?: unknown): AppError {
  return new AppError('MODEL_INVALID', `The model ${name} cannot be used because ${why}.`, { cause });
}
