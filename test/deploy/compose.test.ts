import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { loadConfig } from '#config.ts';
import { gibibyte } from '#kernel/units.ts';
import { acceptedBy, isSetting } from './settings.ts';

// There is no Docker here: what the files promise each other and the program is what can be held.

const root = join(import.meta.dirname, '../..');
const dir = join(root, 'deploy/compose');
const closingMs = 5_000;

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly ipv4_address?: string } | null>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly network_mode?: string;
  readonly [key: string]: unknown;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

function read(path: string): Compose {
  return parse(readFileSync(path, 'utf8'), { merge: true }) as Compose;
}

/** `${NAME:-default}` as compose fills it in when nothing is set. */
function filledIn(value: unknown): string {
  return String(value).replace(/\$\{\w+:-([^}]*)\}/g, '$1');
}

function addressOf({ networks }: Service): string | undefined {
  return Array.isArray(networks)
    ? undefined
    : (networks as Record<string, { ipv4_address?: string }>)?.['inside']?.ipv4_address;
}

const files = ['compose.yaml', 'compose.tls.yaml', 'compose.accounts.yaml', 'compose.caddy.yaml'];
const fleet = read(join(dir, 'compose.yaml'));
const services = Object.entries(fleet.services);
const esteira = services.filter(([, { command }]) => command?.[0] === 'start');

describe('the fleet of deploy/compose', () => {
  test('has two processes for the API, two workers, and every engine', () => {
    const roles = esteira.map(([, { command = [], scale = 1 }]) => [command[2], scale]);
    assert.deepEqual(roles, [
      ['api', 1],
      ['api', 1],
      ['worker', 2],
    ]);
    for (const name of ['nginx', 'postgres', 'redis', 's3']) assert.ok(fleet.services[name], name);
  });

  test('its settings exist, and the program takes them together', () => {
    for (const [name, { environment = {}, command = [] }] of esteira) {
      const settings = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filledIn(value)]));
      const config = acceptedBy(settings, { ESTEIRA_ROLE: String(command[2]) });
      assert.equal(config.auth, 'proxy', name);
      assert.ok(config.databaseUrl && config.redisUrl && config.s3?.credentials, name);
      const stopWithinMs = config.shutdownDelayMs + config.shutdownGraceMs + closingMs;
      assert.ok(Number.parseInt(String(fleet.services[name]?.['stop_grace_period']), 10) * 1_000 > stopWithinMs, name);
    }
    const worker = fleet.services['worker'];
    const memoryBytes = Number.parseInt(filledIn(worker?.['mem_limit']), 10) * gibibyte;
    assert.ok(loadConfig({}, tmpdir(), { cores: 4, memoryBytes }).workerMemoryBytes < memoryBytes, 'a child fits');
  });

  for (const [file, { services: all }] of ['compose.yaml', 'compose.caddy.yaml'].map(
    (name) => [name, read(join(dir, name))] as const,
  )) {
    test(`${file}: every service is bounded, watched, and has as few rights as it can`, () => {
      for (const [name, service] of Object.entries(all)) {
        if (service['image'] === undefined) continue;
        assert.equal(service['restart'], 'unless-stopped', name);
        assert.equal(service['read_only'], true, name);
        assert.deepEqual(service['cap_drop'], ['ALL'], name);
        assert.deepEqual(service['security_opt'], ['no-new-privileges:true'], name);
        assert.ok(service['mem_limit'], name);
        assert.ok((service['logging'] as { options: { 'max-size': string } }).options['max-size'], name);
        const isOurs = service.command?.[0] === 'start';
        // The image of the program brings both; Garage's has no user to be.
        if (!isOurs || name === 'worker') assert.ok(service['healthcheck'], name);
        if (!isOurs && name !== 's3') assert.match(String(service['user']), /^[1-9]\d*:[1-9]\d*$/, name);
        if (!isOurs) assert.match(String(service['image']), /:.*\d/, `${name} names its version`);
      }
    });
  }

  test('what services name is there: secrets, networks, volumes, files, services', () => {
    for (const file of files) {
      const own = read(join(dir, file));
      const all = {
        ...fleet,
        secrets: { ...fleet.secrets, ...own.secrets },
        volumes: { ...fleet.volumes, ...own.volumes },
      };
      for (const [name, service] of Object.entries(own.services)) {
        for (const secret of service.secrets ?? []) assert.ok(all.secrets[secret], `${name}: ${secret}`);
        const networks = Array.isArray(service.networks) ? service.networks : Object.keys(service.networks ?? {});
        for (const network of networks) assert.ok(fleet.networks && network in fleet.networks, `${name}: ${network}`);
        const others = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {});
        for (const other of others) assert.ok(fleet.services[other], `${name}: ${other}`);
        for (const volume of service.volumes ?? []) {
          const [source = ''] = volume.split(':');
          if (source.startsWith('./')) assert.ok(existsSync(join(dir, source)), `${name}: ${source}`);
          else assert.ok(source in all.volumes, `${name}: ${source}`);
        }
        for (const [key, value] of Object.entries(service.environment ?? {})) {
          const secret = /^\/run\/secrets\/(\w+)$/.exec(String(value))?.[1];
          if (secret !== undefined) assert.ok(service.secrets?.includes(secret), `${name}: ${key}`);
        }
      }
    }
  });

  test('nginx and Caddy ask the addresses that the API processes have, and are the proxy that is trusted', () => {
    const addresses = esteira.flatMap(([, service]) => addressOf(service) ?? []);
    assert.equal(addresses.length, 2);
    for (const file of ['nginx/nginx.conf', 'caddy/Caddyfile']) {
      const text = readFileSync(join(dir, file), 'utf8');
      assert.deepEqual([...new Set(text.match(/172\.30\.77\.\d+/g))].sort(), addresses, file);
    }
    const trusted = esteira[0]?.[1].environment?.['ESTEIRA_TRUST_PROXY'];
    for (const service of [fleet.services['nginx'], read(join(dir, 'compose.caddy.yaml')).services['caddy']]) {
      assert.equal(addressOf(service ?? {}), trusted);
    }
  });

  test('with accounts, processes that serve people know it, and nginx asks for no password but passes keys on', () => {
    const { services } = read(join(dir, 'compose.accounts.yaml'));
    for (const [name] of esteira) assert.equal(services[name]?.environment?.['ESTEIRA_AUTH'], 'accounts', name);
    const [plain, changed] = [fleet.services['nginx']?.environment, services['nginx']?.environment];
    assert.deepEqual(changed, { ESTEIRA_PASSWORD_GATE: 'off', ESTEIRA_AUTHORIZATION: '$$http_authorization' });
    for (const name of Object.keys(changed ?? {})) assert.ok(plain && name in plain, `${name} has a default`);
  });

  test('what is uploaded as a whole fits through both proxies', () => {
    const { maxUploadBytes } = loadConfig({}, tmpdir());
    const nginx = /client_max_body_size (\d+)m;/.exec(readFileSync(join(dir, 'nginx/nginx.conf'), 'utf8'));
    const caddy = /max_size (\d+)MiB/.exec(readFileSync(join(dir, 'caddy/Caddyfile'), 'utf8'));
    for (const limit of [nginx, caddy]) assert.ok(Number(limit?.[1]) * 1_048_576 > maxUploadBytes + 1_048_576);
  });

  test('.env.example names exactly what the files ask for', () => {
    const texts = files.map((name) => readFileSync(join(dir, name), 'utf8'));
    const asked = new Set([...texts.join('\n').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name));
    const named = [...readFileSync(join(dir, '.env.example'), 'utf8').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    assert.deepEqual(named.sort(), [...asked].sort());
  });

  test('make-secrets.sh writes every secret once, and the program takes them', () => {
    const copy = mkdtempSync(join(tmpdir(), 'esteira-secrets-'));
    copyFileSync(join(dir, 'make-secrets.sh'), join(copy, 'make-secrets.sh'));
    const said = execFileSync('sh', [join(copy, 'make-secrets.sh')]).toString();
    assert.match(said, /the password [0-9a-f]{24}\n/);
    const paths = Object.values(fleet.secrets ?? {}).map(({ file }) => join(copy, file));
    const before = paths.map((path) => readFileSync(path, 'utf8'));
    for (const [at, text] of before.entries()) assert.ok(text.length > 20, String(paths[at]));
    assert.equal(execFileSync('sh', [join(copy, 'make-secrets.sh')]).toString(), '');
    assert.deepEqual(
      paths.map((path) => readFileSync(path, 'utf8')),
      before,
    );
    const secret = (name: string) => readFileSync(join(copy, 'secrets', name), 'utf8');
    const { ESTEIRA_PROXY_SECRETS_FILE: _file, ...rest } = esteira[0]?.[1].environment ?? {};
    const settings = Object.entries(rest).map(([name, value]) => {
      const file = /^\/run\/secrets\/(\w+)$/.exec(String(value))?.[1];
      return [name, file === undefined ? filledIn(value) : join(copy, 'secrets', file)];
    });
    const config = loadConfig(
      { ...Object.fromEntries(settings), ESTEIRA_PROXY_SECRETS: secret('proxy_secret') },
      mkdtempSync(join(tmpdir(), 'esteira-empty-')),
    );
    assert.equal(new URL(config.databaseUrl ?? '').password, secret('database_password'));
    assert.equal(new URL(config.redisUrl ?? '').password, secret('redis_password'));
    assert.ok(secret('garage.env').includes(config.s3?.credentials?.secretAccessKey ?? 'none'));
    rmSync(copy, { recursive: true });
  });
});

test('compose.yaml in the root sets nothing that does not exist, and stays on loopback', () => {
  const { services: one } = read(join(root, 'compose.yaml'));
  const environment = one['esteira']?.environment ?? {};
  const settings = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filledIn(value)]));
  assert.ok(Object.keys(settings).every(isSetting));
  assert.equal(acceptedBy(settings, {}).host, '127.0.0.1');
  assert.equal(one['esteira']?.network_mode, 'host');
});
