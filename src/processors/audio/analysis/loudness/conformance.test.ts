import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conformanceCases, conformanceRatesHz, isWithin } from '../../../../../test/support/audio/conformance.ts';

for (const sampleRateHz of conformanceRatesHz) {
  describe(`at ${sampleRateHz} Hz`, () => {
    for (const { name, quantity, tolerance, readings } of conformanceCases) {
      test(`${name}: ${quantity}`, async () => {
        const all = await readings(sampleRateHz);
        assert.ok(all.length > 0);
        for (const reading of all) {
          assert.ok(isWithin(tolerance, reading), `${reading.measured} instead of ${reading.expected}`);
        }
      });
    }
  });
}
