import { type Command, UsageError } from '../command.ts';

export const openapiCommand: Command = {
  summary: 'Print the OpenAPI document of the HTTP API.',
  usage: 'openapi',
  options: [],
  async run({ positionals: [stray] }) {
    if (stray !== undefined) throw new UsageError(`openapi takes no argument: ${stray}.`);
    const { openApiDocument } = await import('#main/api.ts');
    process.stdout.write(`${JSON.stringify(await openApiDocument(), null, 2)}\n`);
    return 0;
  },
};
