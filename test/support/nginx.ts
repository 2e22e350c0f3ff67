import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, installWithApt } from './programs.ts';
import { freePort, freshServerDir, serverUser, startGuarded } from './server-process.ts';

export const nginxDir = join(import.meta.dirname, '../../deploy/compose/nginx');

const certificates = join(import.meta.dirname, '../fixtures/tls');

export interface NginxOptions {
  /** Addresses of the two API processes: `http://127.0.0.1:3001`. */
  readonly apis: readonly [string, string];
  readonly secret: string;
  readonly user: string;
  readonly password: string;
  readonly withAccounts?: boolean;
}

/** Debian's nginx. @throws Error saying what to install */
export function findNginx(): string {
  const find = () => findProgram('nginx', '/usr/sbin');
  return find() ?? installWithApt('nginx-light', find, 'the PATH to one that has it');
}

/**
 * The configuration of deploy/compose as its container sees it, but for ports, addresses and folders.
 *
 * @param files what the container has at these paths: `/run/secrets/htpasswd`
 * @param withTls as compose.tls.yaml has it, with a certificate for tests
 * @param withAccounts as compose.accounts.yaml has it: no password of nginx, and keys pass through
 * @returns the path of the file in `dir`
 */
export function writeNginxConfig(
  dir: string,
  { apis, secret }: Pick<NginxOptions, 'apis' | 'secret'>,
  port: number,
  files: Readonly<Record<string, string>>,
  withTls = false,
  withAccounts = false,
): string {
  if (withTls) {
    mkdirSync(join(dir, 'tls'), { recursive: true });
    const tls = readFileSync(join(nginxDir, 'tls.conf'), 'utf8')
      .replace('/run/secrets/tls_certificate', join(certificates, 'certificate.pem'))
      .replace('/run/secrets/tls_key', join(certificates, 'key.pem'));
    writeFileSync(join(dir, 'tls', 'tls.conf'), tls);
  }
  let text = readFileSync(join(nginxDir, 'nginx.conf'), 'utf8');
  const places = Object.entries(files).map(([path, content]) => {
    const place = join(dir, path.replaceAll('/', '_'));
    writeFileSync(place, content);
    return [path, place] as const;
  });
  const changes: readonly (readonly [string, string])[] = [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the file has
    ['${ESTEIRA_PROXY_SECRET}', secret],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the same
    ['${ESTEIRA_PASSWORD_GATE}', withAccounts ? 'off' : '"Esteira"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the same
    ['${ESTEIRA_AUTHORIZATION}', withAccounts ? '$http_authorization' : '""'],
    ['172.30.77.11:3000', new URL(apis[0]).host],
    ['172.30.77.12:3000', new URL(apis[1]).host],
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ['/tmp/', `${dir}/`],
    // So that a test knows who answered.
    ['server_tokens off;', 'server_tokens off; add_header X-Answered-By $upstream_addr always;'],
    // Of whoever started it, which another user may not open again by its path.
    ['/dev/stderr', `${dir}/error.log`],
    ['/dev/stdout', `${dir}/access.log`],
    ['/etc/nginx/tls/*.conf', join(dir, 'tls', '*.conf')],
    ...places,
  ];
  for (const [from, to] of changes) {
    if (from.startsWith('/dev/') || from.startsWith('/run/') || text.includes(from)) text = text.replaceAll(from, to);
    else throw new Error(`nginx.conf of deploy/compose has no "${from}" any more.`);
  }
  const path = join(dir, 'nginx.conf');
  writeFileSync(path, text);
  return path;
}

/** @throws Error with what nginx says is wrong */
export function testNginxConfig(path: string): void {
  execFileSync(findNginx(), ['-t', '-q', '-c', path], { stdio: 'pipe' });
}

/** A real nginx with the configuration of deploy/compose, in front of two API processes. It ends with this process. */
export async function startNginx(options: NginxOptions): Promise<{ readonly address: string; accessLog(): string }> {
  const dir = freshServerDir('nginx');
  chmodSync(dir, 0o755);
  const port = await freePort();
  const hash = createHash('sha1').update(options.password).digest('base64');
  const files = { '/run/secrets/htpasswd': `${options.user}:{SHA}${hash}\n` };
  const config = writeNginxConfig(dir, options, port, files, false, options.withAccounts);
  const address = `http://127.0.0.1:${port}`;
  await startGuarded({
    command: [findNginx(), '-p', dir, '-c', config, '-g', 'daemon off;'],
    dir,
    user: serverUser(),
    ready: async () => void (await fetch(address)),
  });
  return { address, accessLog: () => readFileSync(join(dir, 'access.log'), 'utf8') };
}
