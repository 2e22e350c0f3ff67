import { Errors } from 'typebox/value';
import { AppError } from '#kernel/errors.ts';
import { type ModelDescriptor, modelDescriptorSchema } from './model-descriptor.ts';
import { type SeparationDescriptor, separationDescriptorSchema } from './separation-descriptor.ts';

/** Networks that find subjects in pictures, or stems in music; only the latter say their kind. */
export type AnyModelDescriptor = ModelDescriptor | SeparationDescriptor;

export function isSeparation(model: AnyModelDescriptor): model is SeparationDescriptor {
  return 'kind' in model;
}

/** @throws AppError MODEL_INVALID saying where the text is not a descriptor */
export function parseDescriptor(name: string, text: string): AnyModelDescriptor {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unusable(name, 'is not JSON', cause);
  }
  const separates = typeof value === 'object' && value !== null && 'kind' in value;
  const [error] = Errors(separates ? separationDescriptorSchema : modelDescriptorSchema, value);
  if (error !== undefined) throw unusable(name, `${error.instancePath.slice(1) || 'it'} ${error.message}`);
  const descriptor = value as AnyModelDescriptor;
  if (descriptor.name !== name) throw unusable(name, 'has another name than its file');
  return descriptor;
}

function unusable(name: string, why: string, cause?: unknown): AppError {
  const detail = `What is written about the model ${name} cannot be used: ${why}. Add the model again.`;
  return new AppError('MODEL_INVALID', detail, { cause });
}
