import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the program is made of: writes its bill of materials (CycloneDX) as `sbom.cdx.json`, fails for a licence that does
 * not fit AGPL-3.0-or-later, and for a known vulnerability, where the registry has the list of those.
 */

const root = join(import.meta.dirname, '..');

/** SPDX. What may be combined with AGPL-3.0-or-later. */
const fitting = new Set([
  '(MIT OR CC0-1.0)',
  '0BSD',
  'AGPL-3.0-or-later',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'LGPL-3.0',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT AND OFL-1.1',
  'MIT-0',
  'Unlicense',
]);

/** They say it in a file only; read by a person. */
const stated: Readonly<Record<string, string>> = {
  '@imgly/background-removal-node': 'AGPL-3.0, in its LICENSE.md',
  aac: 'LGPL-3.0-or-later, in its README',
  'png-js': 'MIT, in its LICENSE',
};

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly { license?: { id?: string; name?: string }; expression?: string }[];
}

const sbom = await npm('sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev');
const { components } = JSON.parse(sbom) as { components: readonly Component[] };
writeFileSync(join(root, 'sbom.cdx.json'), sbom);
const unfit = components.filter((one) => !fitting.has(licenceOf(one)) && stated[one.name] === undefined);
for (const one of unfit) print(`✖ ${one.name} ${one.version}: licence ${licenceOf(one) || 'not stated'}`);
print(`${components.length} packages, ${unfit.length} with a licence that does not fit; sbom.cdx.json written`);

const audit = JSON.parse(await npm('audit', '--omit', 'dev', '--json')) as {
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
};
const severe = Object.entries(audit.vulnerabilities ?? {}).filter(([, { severity }]) => /high|critical/.test(severity));
if (audit.metadata === undefined) print('advisories: this registry has no list of them, so nothing was looked up');
else print(`advisories: ${JSON.stringify(audit.metadata.vulnerabilities)}`);
for (const [name, { severity, range }] of severe) print(`✖ ${name} ${range}: ${severity}`);
process.exit(unfit.length + severe.length === 0 ? 0 : 1);

function licenceOf({ licenses = [] }: Component): string {
  return licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression ?? '').join(' AND ');
}

/** @returns what it prints: `npm audit` also ends badly when it has found something */
function npm(...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('npm', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout) => resolve(stdout));
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
