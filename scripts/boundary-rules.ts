import type { IForbiddenRuleType } from 'dependency-cruiser';

// Tests, contracts, and what stands beside them to support them.
const tests = '(\\.(test|contract)\\.ts$|/fixtures/|/test-[^/]+\\.ts$)';

/**
 * Who may import whom. Each rule has a planted violation in scripts/fixtures/boundaries, which must be found.
 *
 * @see ARCHITECTURE.md, the arrows
 */
export const boundaryRules: IForbiddenRuleType[] = [
  {
    name: 'kernel-stands-alone',
    comment: 'src/kernel imports nothing else from src.',
    from: { path: '^src/kernel/' },
    to: { path: '^src/', pathNot: '^src/kernel/' },
  },
  {
    name: 'config-knows-kernel-only',
    comment: 'src/config.ts imports the kernel and nothing else from src.',
    from: { path: '^src/config' },
    to: { path: '^src/', pathNot: '^src/(kernel/|config)' },
  },
  {
    name: 'processor-is-a-folder',
    comment: 'A processor imports the kernel, the contract, the shared folder and itself.',
    from: { path: '^src/processors/(?!shared/)([^/]+)/([^/]+)/', pathNot: tests },
    to: { path: '^src/', pathNot: '^src/(kernel/|processors/contract\\.ts$|processors/shared/|processors/$1/$2/)' },
  },
  {
    name: 'processor-ground',
    comment: 'What processors share knows the kernel and the contract only.',
    from: { path: '^src/processors/(contract\\.ts$|shared/)' },
    to: { path: '^src/', pathNot: '^src/(kernel/|processors/contract\\.ts$|processors/shared/)' },
  },
  {
    name: 'processor-inside',
    comment: "Only the registry opens a processor's folder, by its name.",
    from: { path: '^src/', pathNot: ['^src/processors/(?!shared/)[^/]+/[^/]+/', tests] },
    to: { path: '^src/processors/(?!shared/)[^/]+/[^/]+/' },
  },
  {
    name: 'models-stand-on-processors',
    comment: 'What brings models knows the kernel, the contract and what processors share.',
    from: { path: '^src/models/', pathNot: tests },
    to: { path: '^src/', pathNot: '^src/(kernel/|processors/(contract\\.ts$|shared/)|models/)' },
  },
  {
    name: 'drivers-are-chosen-in-main',
    comment: 'Only src/main/ and the tests of drivers import drivers.',
    from: { path: '^src/', pathNot: ['^src/main/', '^src/[^/]+/drivers/', tests] },
    to: { path: '^src/[^/]+/drivers/' },
  },
  {
    name: 'driver-keeps-to-its-room',
    comment: "A driver never imports another room's driver.",
    from: { path: '^src/([^/]+)/drivers/', pathNot: tests },
    to: { path: '^src/[^/]+/drivers/', pathNot: '^src/$1/drivers/' },
  },
  {
    name: 'nothing-above-the-top',
    comment: 'src/main.ts, its folder and the command line put the rooms together; no room knows them.',
    from: { path: '^src/', pathNot: '^src/(main\\.ts$|main/|cli/)' },
    to: { path: '^src/(main\\.ts$|main/|cli/)' },
  },
  {
    name: 'cli-outside-the-server',
    comment: 'The command line uses the API, or sandbox and processors: never the rooms behind the API.',
    from: { path: '^src/cli/', pathNot: tests },
    to: { path: '^src/(api|jobs|templates|database|storage)/' },
  },
  {
    name: 'tests-stay-outside',
    comment: 'The program imports nothing from test, bench or scripts.',
    from: { path: '^src/', pathNot: tests },
    to: { path: '^(test|bench|scripts)/' },
  },
  {
    name: 'door-between-rooms',
    comment: 'Across rooms: #room/file.ts.',
    from: { path: '^src/([^/]+)/' },
    to: { path: '^src/', pathNot: '^src/$1/', dependencyTypesNot: ['aliased-subpath-import'] },
  },
  {
    name: 'relative-inside-a-room',
    comment: 'Inside a room: relative. A processor is a room in its room.',
    from: { path: '^src/([^/]+)/', pathNot: '^src/processors/(?!shared/)[^/]+/' },
    to: { path: '^src/$1/', dependencyTypes: ['aliased-subpath-import'] },
  },
  {
    name: 'studio-stands-alone',
    comment:
      'The studio knows the API, through its addresses; of the program only what a processor computes without it.',
    from: { path: '^web/' },
    to: { path: '^(src|test|bench|scripts)/', pathNot: '^src/processors/[^/]+/[^/]+/' },
  },
  {
    name: 'program-without-studio',
    comment: 'The program serves what the studio was built to, and imports nothing of it.',
    from: { path: '^src/' },
    to: { path: '^web/' },
  },
  {
    name: 'studio-ground',
    comment: "The studio's shared pieces know no feature; only its routes put them together.",
    from: { path: '^web/src/(api|ui)/' },
    to: { path: '^web/src/(features|app)/' },
  },
  {
    name: 'no-cycle',
    comment: 'No module imports itself through others, not even for types.',
    from: { path: '^(web/)?src/' },
    to: { circular: true },
  },
  {
    name: 'resolves',
    comment: 'An import that cannot be resolved is not checked by any other rule.',
    from: {},
    to: { couldNotResolve: true },
  },
];
