import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Config } from '#config.ts';
import { formatBytes } from '#kernel/units.ts';
import type { ProcessorModel, ProcessorModelFile } from '#processors/contract.ts';
import { loadProcessors } from '#processors/registry.ts';
import { type Arguments, type Command, UsageError } from '../command.ts';
import { configFrom, dataOption } from '../settings.ts';

export const modelsCommand: Command = {
  summary: 'List the models, or verify the files of those that are there.',
  usage: 'models list|verify [options]',
  options: [dataOption, { name: 'json', help: 'Print one JSON object for each file.' }],
  notes: ['A file that is absent is made when it is first needed. verify: exit code 1 when one is damaged.'],
  run: models,
};

type State = 'verified' | 'absent' | 'damaged';

interface Row {
  readonly model: string;
  readonly file: string;
  readonly state: State;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly licence: string;
  readonly source: string;
}

async function models(args: Arguments): Promise<number> {
  const [action, stray] = args.positionals;
  if ((action !== 'list' && action !== 'verify') || stray !== undefined) {
    throw new UsageError('models is followed by list or verify, and nothing else.');
  }
  const config = configFrom(args);
  const rows: Row[] = [];
  for (const processor of (await loadProcessors()).list()) {
    for (const model of processor.models ?? []) {
      for (const file of model.files) rows.push(await rowOf(model, file, config));
    }
  }
  for (const row of rows) process.stdout.write(args.values['json'] ? `${JSON.stringify(row)}\n` : inWords(row));
  const damaged = rows.filter(({ state }) => state === 'damaged');
  if (action === 'list' || damaged.length === 0) return 0;
  const names = damaged.map(({ file }) => file).join(', ');
  process.stderr.write(`esteira: damaged: ${names}. Remove the file; it is made again when it is needed.\n`);
  return 1;
}

async function rowOf(model: ProcessorModel, file: ProcessorModelFile, { dataDir }: Config): Promise<Row> {
  const state = await stateOf(join(dataDir, 'models', file.fileName), file);
  const { sizeBytes, sha256 } = file;
  return {
    model: model.name,
    file: file.fileName,
    state,
    sizeBytes,
    sha256,
    licence: model.licence,
    source: model.source,
  };
}

function inWords({ model, file, state, sizeBytes, sha256, licence }: Row): string {
  return `${model}  ${file}  ${state}  ${formatBytes(sizeBytes)}  ${licence}\n  sha256 ${sha256}\n`;
}

/** Reads the whole file: what is on the disk now, not what was written once. */
async function stateOf(path: string, { sha256, sizeBytes }: ProcessorModelFile): Promise<State> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'absent';
  if (found.size !== sizeBytes) return 'damaged';
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === sha256 ? 'verified' : 'damaged';
}
