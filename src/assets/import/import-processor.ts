import { Type } from 'typebox';
import { defineProcessor } from '#processors/contract.ts';

/** Longer than a slow sender needs for a large file; a worker waits for it. */
export const importDeadlineMs = 5 * 60_000;

/**
 * Fetching a file from an address as a kind of work, so that it waits in line, is tried again and is told of like all
 * other work. The worker does it itself: nothing is computed.
 */
export const importProcessor = defineProcessor({
  name: 'asset.import',
  version: 1,
  title: { en: 'Import from the web', 'pt-BR': 'Importação da web' },
  accepts: [],
  inputs: { min: 0, max: 0 },
  params: Type.Object(
    {
      url: Type.String({
        minLength: 1,
        maxLength: 2_000,
        description: 'Where the file is: http or https, on the public internet, without user and password.',
      }),
      name: Type.Optional(
        Type.String({ maxLength: 255, description: 'What the asset is called; the end of the address by default.' }),
      ),
    },
    { additionalProperties: false },
  ),
  varies: true,
  modelHashes: () => [],
  estimate: () => ({ memoryBytes: 0, cpuSeconds: 1 }),
  deadlineMs: () => importDeadlineMs,
});
