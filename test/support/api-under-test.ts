import { appendFileSync } from 'node:fs';
import { type EngineKind, engineKinds, type Fleet, type FleetOptions, startFleet } from './fleet.ts';

/** What the tests of the whole API run on: `TEST_ENGINES`, or everything in one process. */
export const enginesUnderTest: EngineKind = kindFrom(process.env['TEST_ENGINES'] ?? 'embedded');

/** The server for a test of the API, on the engines that this run is for. The caller disposes of it. */
export async function apiUnderTest(options: FleetOptions = {}): Promise<Fleet> {
  const fleet = await startFleet(enginesUnderTest, options);
  // Told to whoever runs all of them: on these engines this file has begun.
  const report = process.env['TEST_ENGINE_REPORT'];
  if (report) appendFileSync(report, `${enginesUnderTest} ${process.argv[1]}\n`);
  return fleet;
}

function kindFrom(name: string): EngineKind {
  const kind = engineKinds.find((one) => one === name);
  if (kind === undefined) throw new Error(`TEST_ENGINES must be one of ${engineKinds.join(', ')}, not "${name}".`);
  return kind;
}
