import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Processor } from './contract.ts';
import type { ModelCatalogue } from './shared/models/model-folder.ts';

/** Every processor there is, by name. */
export interface ProcessorRegistry {
  get(name: string): Processor | undefined;
  /** Sorted by name. */
  list(): readonly Processor[];
}

/** A registry of the given processors; for tests and for those that bring their own. */
export function processorRegistry(processors: readonly Processor[]): ProcessorRegistry {
  const byName = new Map(processors.map((processor) => [processor.name, processor]));
  const sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { get: (name) => byName.get(name), list: () => sorted };
}

/**
 * Finds every `<family>/<name>/processor.ts` below `root` and takes its export `processor`.
 *
 * @param root this folder; tests may bring another
 * @param only of these names; what they need must be among them
 * @throws Error when a file has no such export or its name is not its path: a mistake of the program
 */
export async function loadProcessors(
  root: string = import.meta.dirname,
  only?: readonly string[],
): Promise<ProcessorRegistry> {
  const names = only ?? (await processorNames(root));
  return processorRegistry(await Promise.all(names.map((name) => importProcessor(name, root))));
}

/** The same processors, knowing the models that were added to this machine. */
export function withModels(registry: ProcessorRegistry, catalogue: ModelCatalogue): ProcessorRegistry {
  return processorRegistry(registry.list().map((processor) => processor.withModels?.(catalogue) ?? processor));
}

/** Names by path, `image.cutout` for `image/cutout/`, without importing anything. */
export async function processorNames(root: string = import.meta.dirname): Promise<string[]> {
  const families = (await folders(root)).filter((family) => family !== 'shared');
  const names = await Promise.all(
    families.map(async (family) => (await folders(join(root, family))).map((name) => `${family}.${name}`)),
  );
  return names.flat().sort();
}

/** Where a sandbox child finds the runtime of this processor. */
export function runtimeModuleUrl(name: string, root: string = import.meta.dirname): string {
  return pathToFileURL(join(root, ...name.split('.'), 'run.ts')).href;
}

async function importProcessor(name: string, root: string): Promise<Processor> {
  const exported: unknown = await import(pathToFileURL(join(root, ...name.split('.'), 'processor.ts')).href);
  const { processor } = exported as { processor?: Processor };
  if (processor?.name !== name) {
    throw new Error(`${name.replace('.', '/')}/processor.ts must export a processor named ${name}`);
  }
  return processor;
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
