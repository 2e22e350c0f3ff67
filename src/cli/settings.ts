import { type Config, currentEnvironment, loadConfig } from '#config.ts';
import { type Arguments, type Option, textOf } from './command.ts';

/** Options that stand for a setting: what is written on the command line wins. */
const names: Readonly<Record<string, string>> = {
  role: 'ESTEIRA_ROLE',
  port: 'ESTEIRA_PORT',
  host: 'ESTEIRA_HOST',
  data: 'ESTEIRA_DATA_DIR',
};

export const dataOption: Option = {
  name: 'data',
  value: 'DIR',
  help: 'Folder for everything that is kept, such as models (default ESTEIRA_DATA_DIR or ./data).',
};

/** @throws AppError CONFIG_INVALID */
export function configFrom(args: Arguments): Config {
  const flags = Object.entries(names).flatMap(([option, name]) => {
    const text = textOf(args, option);
    return text === undefined ? [] : [[name, text]];
  });
  return loadConfig({ ...currentEnvironment(), ...Object.fromEntries(flags) });
}
