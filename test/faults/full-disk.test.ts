import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { measured } from '../support/fault-report.ts';
import { type EngineKind, startFleet } from '../support/fleet.ts';
import { openSmallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';
import { assertInvariants } from './invariants.ts';
import { openWitness, somePicture, suffixes } from './witness.ts';

// F20: the disk of the data folder is full: objects and scratch files on it, and everything there is, embedded.

const program = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));
const mebibyte = 1_048_576;

describe('a full disk', { timeout: 300_000 }, () => {
  for (const [kind, sizeBytes] of [
    ['postgres', 16 * mebibyte],
    ['embedded', 160 * mebibyte],
  ] as const satisfies [EngineKind, number][]) {
    test(`F20: on the engines "${kind}"`, async () => {
      await using disk = await openSmallDisk(sizeBytes);
      await using fleet = await startFleet(kind, { program, env: { ESTEIRA_DATA_DIR: disk.dir } });
      const witness = await openWitness(fleet);
      const pictures = await Promise.all([1, 2, 3].map(somePicture));
      for (const picture of pictures) await witness.upload(picture);
      await witness.copy('f20 before');
      await until(async () => {
        const page = await fetch(`${fleet.address}/v1/jobs?status=succeeded`);
        assert.equal(((await page.json()) as { items: unknown[] }).items.length, 1);
      });

      await disk.fill();
      const large = new Uint8Array(await noise());
      const refused = await witness.ask('/v1/assets', { method: 'POST', body: large });
      assert.equal(refused?.status, 507, witness.answers.at(-1) ?? 'no answer');
      for (const [id] of witness.assets) {
        assert.equal((await witness.ask(`/v1/assets/${id}/content`))?.status, 200, 'reads go on');
      }
      assert.equal((await witness.ask('/v1/jobs'))?.status, 200);

      const startedMs = performance.now();
      await disk.free();
      await witness.upload(await somePicture());
      await Promise.all(suffixes('f20 after', 5).map((suffix) => witness.copy(suffix)));
      const seconds = (performance.now() - startedMs) / 1_000;
      await assertInvariants(fleet, witness);
      const fault = `the disk was full (${kind}): from the first room to an upload and five jobs acknowledged, no restart`;
      measured({ row: 'F20', fault, measured: seconds, unit: 's', threshold: { atMost: 30 } });
    });
  }
});

/** A picture of some 200 kB, which no compression makes smaller. */
function noise(): Promise<Buffer> {
  const raw = { width: 256, height: 256, channels: 3 } as const;
  return sharp(randomBytes(raw.width * raw.height * raw.channels), { raw })
    .png()
    .toBuffer();
}
