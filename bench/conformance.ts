import { parseArgs } from 'node:util';
import { conformanceCases, conformanceRatesHz, isWithin } from '../test/support/audio/conformance.ts';
import { compareWithFfmpeg } from './conformance/compare.ts';
import { worstReading } from './conformance/worst-reading.ts';

/**
 * Every case of EBU Tech 3341 and 3342 that signals can be synthesised for, at three sample rates; and loudness beside
 * ffmpeg's `ebur128`, true peak beside plain interpolation. Exit code 1 when something is outside its tolerance.
 *
 *   npm run bench -- conformance [--json]
 */

const { values: options } = parseArgs({ options: { json: { type: 'boolean' } } });

const cases = [];
for (const each of conformanceCases) {
  const rates = [];
  for (const sampleRateHz of conformanceRatesHz) {
    const readings = await each.readings(sampleRateHz);
    const passed = readings.length > 0 && readings.every((reading) => isWithin(each.tolerance, reading));
    rates.push({ sampleRateHz, readings: readings.length, ...worstReading(readings), passed });
  }
  cases.push({ name: each.name, quantity: each.quantity, tolerance: each.tolerance, rates });
}
const comparisons = await compareWithFfmpeg();

if (options.json) console.log(JSON.stringify({ cases, comparisons }, undefined, 2));
else {
  console.log('Of several readings, the one that is furthest from what is expected.\n');
  const rates = conformanceRatesHz.map((rate) => `${rate / 1_000} kHz`.padStart(9));
  console.log(
    `${'case'.padEnd(15)}${'reading'.padEnd(36)}${'expected'.padStart(9)}${'tolerance'.padStart(13)}${rates.join('')}`,
  );
  for (const { name, quantity, tolerance, rates: found } of cases) {
    const expected = [...new Set(found.map((rate) => rate.expected))].join(' / ');
    const allowed = `+${tolerance.above} -${tolerance.below}`;
    const measured = found.map((rate) => rate.measured.toFixed(3).padStart(9));
    const verdict = found.every(({ passed }) => passed) ? 'pass' : 'FAIL';
    console.log(
      `${name.padEnd(15)}${quantity.padEnd(36)}${expected.padStart(9)}${allowed.padStart(13)}${measured.join('')}  ${verdict}`,
    );
  }
  console.log(
    `\n${'signal'.padEnd(34)}${'reading'.padEnd(12)}${'other'.padStart(9)}${'ours'.padStart(9)}${'tolerance'.padStart(11)}`,
  );
  for (const { signal, quantity, other, ours, tolerance, passed } of comparisons) {
    const figures = [other, ours].map((value) => value.toFixed(3).padStart(9)).join('');
    console.log(
      `${signal.padEnd(34)}${quantity.padEnd(12)}${figures}${String(tolerance).padStart(11)}  ${passed ? 'pass' : 'FAIL'}`,
    );
  }
}
const all = [...cases.flatMap(({ rates }) => rates), ...comparisons];
const failed = all.filter(({ passed }) => !passed).length;
console.error(
  failed === 0 ? `\nAll ${all.length} within tolerance.` : `\n${failed} of ${all.length} outside tolerance.`,
);
process.exitCode = failed === 0 ? 0 : 1;
