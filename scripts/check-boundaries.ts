import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { boundaryRules } from './boundary-rules.ts';

/**
 * `npm run boundaries`: fails when an import crosses a border, and when the check itself sees less than there is:
 * every .ts and .tsx file must have been read, and every rule must find the violation planted for it.
 */

const root = join(import.meta.dirname, '..');
const problems = [...(await checkProgram()), ...(await checkRules())];
for (const problem of problems) console.error(`✖ ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);

async function checkProgram(): Promise<string[]> {
  const { modules, summary } = await read(root);
  const expected = globSync('{src,web/src}/**/*.{ts,tsx}', { cwd: root }).filter(
    (file) => !file.endsWith('.d.ts') && !file.endsWith('.as.ts'),
  );
  const seen = new Set(modules.map((module) => module.source));
  const missed = expected.filter((file) => !seen.has(file));
  const edges = modules.reduce((sum, module) => sum + module.dependencies.length, 0);
  console.log(`boundaries: ${expected.length} modules, ${edges} imports, ${boundaryRules.length} rules`);
  return [
    ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}. ${comment(rule.name)}`),
    ...missed.map((file) => `${file} was not read: the check is blind there.`),
    ...(expected.length === 0 ? ['Nothing to read in src.'] : []),
  ];
}

async function checkRules(): Promise<string[]> {
  const { summary } = await read(join(root, 'scripts/fixtures/boundaries'));
  const found = new Set(summary.violations.map(({ rule }) => rule.name));
  return boundaryRules
    .filter(({ name }) => !found.has(name ?? ''))
    .map(({ name }) => `The rule "${name}" does not find the violation planted in scripts/fixtures/boundaries.`);
}

async function read(baseDir: string): Promise<ICruiseResult> {
  const { output } = await cruise(
    ['src', 'web/src'].filter((folder) => existsSync(join(baseDir, folder))),
    {
      baseDir,
      ruleSet: { forbidden: boundaryRules },
      validate: true,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
    },
    {
      extensions: ['.ts', '.tsx', '.js', '.json', '.css', '.po'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  );
  return output as ICruiseResult;
}

function comment(ruleName: string): string {
  return boundaryRules.find(({ name }) => name === ruleName)?.comment ?? '';
}
