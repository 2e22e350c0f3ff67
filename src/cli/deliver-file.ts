import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { ProcessorOutput } from '#processors/contract.ts';
import { placeFile } from './local-runner.ts';
import type { Delivered, Item, Made } from './run-items.ts';

/** As an output: standard output. */
export const toStdout = '-';

/** An item whose first output goes to one place. */
export interface FileItem extends Item {
  /** @returns where it goes: a path, or `toStdout` */
  readonly nameOutput: (output: ProcessorOutput) => string;
}

export interface DeliverFile<I extends FileItem> {
  /** What `--json` says of a result besides its name and its time. */
  readonly factsOf: (output: ProcessorOutput, item: I) => Readonly<Record<string, unknown>>;
  /** Called when an output is in its place. */
  readonly onDone?: (item: I, output: ProcessorOutput, path: string) => Promise<void>;
}

/** Brings first outputs to their places. */
export function deliverFile<I extends FileItem>({ factsOf, onDone }: DeliverFile<I>) {
  return async (item: I, { outputs: [output], scratchDir, milliseconds }: Made): Promise<Delivered> => {
    const path = item.nameOutput(output);
    await deliver(join(scratchDir, output.file), path);
    await onDone?.(item, output, path);
    return {
      facts: { output: path, ...factsOf(output, item), milliseconds },
      text: path === toStdout ? undefined : path,
    };
  };
}

async function deliver(from: string, output: string): Promise<void> {
  if (output !== toStdout) return placeFile(from, output);
  for await (const chunk of createReadStream(from)) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
}
