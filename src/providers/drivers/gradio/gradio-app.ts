import { badAnswer } from '../../http.ts';

/** What of a Gradio app's `/config` we need. */
export interface GradioFunction {
  /** `/gradio_api` since Gradio 5, before that nothing. */
  readonly prefix: string;
  readonly index: number;
  /** For `/call/<name>`; a function may have none. */
  readonly apiName: string | undefined;
  /** What is sent; the picture stands at `pictureAt`. */
  readonly inputs: readonly unknown[];
  readonly pictureAt: number;
}

interface Component {
  readonly id: number;
  readonly type: string;
  readonly props?: { readonly value?: unknown };
}

interface Dependency {
  readonly id?: number;
  readonly api_name?: string | false | null;
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
}

const pictureInputs = ['image', 'file', 'imageeditor'];
const pictureOutputs = ['image', 'imageslider', 'file', 'gallery', 'downloadbutton'];

/**
 * Finds the function that takes a picture and gives one.
 *
 * @param wanted its API name, when there are several
 * @throws AppError PROVIDER_BAD_ANSWER when there is none
 */
export function findFunction(provider: string, config: unknown, wanted: string | undefined): GradioFunction {
  const { components, dependencies, api_prefix: prefix = '' } = (config ?? {}) as Record<string, unknown>;
  if (!isList<Component>(components) || !isList<Dependency>(dependencies) || typeof prefix !== 'string') {
    throw badAnswer(provider, 'what is at its address is no Gradio app of version 4 or newer');
  }
  const byId = new Map(components.map((component) => [component.id, component]));
  const typesOf = (ids: readonly number[] = []) => ids.map((id) => byId.get(id)?.type ?? '');
  for (const [position, dependency] of dependencies.entries()) {
    const { id, api_name: name, inputs = [], outputs } = dependency;
    const pictureAt = typesOf(inputs).findIndex((type) => pictureInputs.includes(type));
    const gives = typesOf(outputs).some((type) => pictureOutputs.includes(type));
    if (pictureAt < 0 || !gives || (wanted !== undefined && name !== wanted)) continue;
    return {
      prefix,
      index: id ?? position,
      apiName: typeof name === 'string' ? name : undefined,
      inputs: inputs.map((input) => byId.get(input)?.props?.value ?? null),
      pictureAt,
    };
  }
  const what = wanted === undefined ? 'function' : `function named ${wanted}`;
  throw badAnswer(provider, `it has no ${what} that takes a picture and gives one`);
}

/**
 * The last file in a function's outputs: what comes before it is a preview, or the original beside it.
 *
 * @returns its path on the other side
 */
export function lastFile(output: unknown): string | undefined {
  if (Array.isArray(output)) return output.map(lastFile).findLast((path) => path !== undefined);
  if (typeof output !== 'object' || output === null) return undefined;
  const { path, ...rest } = output as { readonly path?: unknown };
  return typeof path === 'string' ? path : lastFile(Object.values(rest));
}

function isList<T>(value: unknown): value is readonly T[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
}
