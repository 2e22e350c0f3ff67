import { join } from 'node:path';
import type { Config } from '#config.ts';
import { formatBytes } from '#kernel/units.ts';
import type { ProcessorModel, ProcessorModelFile } from '#processors/contract.ts';
import { loadProcessors } from '#processors/registry.ts';
import { type ModelFileState, stateOf } from '#processors/shared/model-store.ts';
import { type Arguments, type Command, UsageError } from '../command.ts';
import { configFrom, dataOption } from '../settings.ts';

export const modelsCommand: Command = {
  summary: 'List the models, or verify the files of those that are there.',
  usage: 'models list|verify [options]',
  options: [dataOption, { name: 'json', help: 'Print one JSON object for each file.' }],
  notes: ['A file that is absent is made when it is first needed. verify: exit code 1 when one is damaged.'],
  run: models,
};

interface Row {
  readonly model: string;
  readonly file: string;
  readonly state: ModelFileState;
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
  const state = await stateOf(join(dataDir, 'models'), file);
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
