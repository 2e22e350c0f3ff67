import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema, expectation, type VariableSchema } from '#config-schema.ts';
import { formatBytes } from '#kernel/units.ts';
import { renderPermissions } from './permissions-page.ts';

/** `node scripts/generate-docs.ts` writes the pages that are made from the code; a test compares them. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': renderConfiguration,
  'docs/permissions.md': renderPermissions,
};

if (import.meta.main) {
  for (const [path, render] of Object.entries(generatedPages)) {
    writeFileSync(join(import.meta.dirname, '..', path), render());
  }
}

function renderConfiguration(): string {
  const variables = Object.entries(configSchema.properties) as [string, VariableSchema][];
  return `<!-- Made by scripts/generate-docs.ts from src/config-schema.ts: do not edit. -->

# Configuration

Esteira is configured by environment variables. A file \`.env\` in the working folder is read too; the environment wins.
Each name is also known with \`_FILE\` at its end: the value is then read from that file, as secrets are often given.

An unknown \`ESTEIRA_*\` name or a wrong value stops the start, with a list of all that is wrong.

${variables.map(([name, schema]) => renderVariable(name, schema)).join('\n')}`;
}

function renderVariable(name: string, schema: VariableSchema): string {
  const value = `${expectation(schema)}${schema.unit ? `, in ${schema.unit}` : ''}`;
  return `## ${name}

${schema.description}

- Value: ${value}
- Default: ${renderDefault(schema)}
`;
}

function renderDefault({ default: value, derived, unit }: VariableSchema): string {
  if (value === undefined) return derived ?? '';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `\`${value.join(',')}\``;
  if (value === true || value === false) return value ? '`1`' : '`0`';
  return unit === 'bytes' ? `\`${value}\` (${formatBytes(Number(value))})` : `\`${value}\``;
}
