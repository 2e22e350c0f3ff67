import type { Config } from '#config.ts';
import { AppError } from '#kernel/errors.ts';

/** For an address that cannot be listened on. @throws AppError CONFIG_INVALID; or the cause itself */
export function cannotListen(cause: unknown, { host, port }: Pick<Config, 'host' | 'port'>): never {
  const { code } = cause as NodeJS.ErrnoException;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} of ${host} is in use. Stop what uses it, or choose another port with --port.`,
    EACCES: `Port ${port} may not be used by this user. Choose one above 1023 with --port.`,
    ENOTSUP:
      'This system cannot share a port among processes. Leave ESTEIRA_API_PROCESSES and ESTEIRA_REUSE_PORT away.',
    EADDRNOTAVAIL: `${host} is not an address of this machine. Choose another with --host.`,
  };
  const detail = why[code ?? ''];
  if (detail === undefined) throw cause;
  throw new AppError('CONFIG_INVALID', detail, { cause });
}
