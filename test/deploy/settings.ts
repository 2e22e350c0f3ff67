import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig } from '#config.ts';
import { configSchema } from '#config-schema.ts';

/** What stands in for secrets that a deployment takes from files. */
const samples: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://esteira:password@postgres:5432/esteira',
  REDIS_URL: 'redis://:password@redis:6379/0',
  ESTEIRA_PROXY_SECRETS: 'x'.repeat(48),
  S3_ACCESS_KEY_ID: 'GK0123456789',
  S3_SECRET_ACCESS_KEY: 'y'.repeat(64),
};

/** Whether the program reads it, by itself or as the name of a file. */
export function isSetting(name: string): boolean {
  return name.replace(/_FILE$/, '') in configSchema.properties;
}

/**
 * The configuration that the program makes of a deployment's environment.
 *
 * @param settings `NAME_FILE` gets a sample of what the file holds
 * @throws AppError CONFIG_INVALID; Error for a name that the program does not read
 */
export function acceptedBy(
  settings: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): Config {
  const environment = Object.entries(settings).map(([name, value]) => {
    if (!isSetting(name)) throw new Error(`${name} is not a setting`);
    if (!name.endsWith('_FILE')) return [name, value] as const;
    const setting = name.replace(/_FILE$/, '');
    const sample = samples[setting];
    if (sample === undefined) throw new Error(`there is no sample of ${setting}`);
    return [setting, sample] as const;
  });
  const empty = mkdtempSync(join(tmpdir(), 'esteira-settings-'));
  return loadConfig({ ...Object.fromEntries(environment), ...others }, empty, { cores: 4, memoryBytes: 4 * 2 ** 30 });
}
