import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { nextTime } from './cron-times.ts';

/** The next times, as ISO 8601 in UTC without seconds. */
function times(cron: string, timeZone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let at: Date | null = new Date(after);
  while (found.length < count && at !== null) {
    at = nextTime(cron, timeZone, at);
    if (at !== null) found.push(at.toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

// When clocks are changed is the law of the place, as the IANA database has it: New York, 2027: 14 March and 7 November,
// at 2 o'clock; São Paulo, 2018: 4 November at midnight forward, 17 February 2018 at midnight back; no summer since 2019.
describe('times of a schedule', () => {
  test('are the place’s own', () => {
    assert.deepEqual(times('30 9 * * 1-5', 'America/Sao_Paulo', '2026-11-20T13:00:00Z', 2), [
      '2026-11-23T12:30Z', // Monday
      '2026-11-24T12:30Z',
    ]);
    assert.deepEqual(times('0 0 1 1 *', 'UTC', '2026-11-20T00:00:00Z', 1), ['2027-01-01T00:00Z']);
    assert.deepEqual(times('@daily', 'UTC', '2026-11-20T00:00:00Z', 1), ['2026-11-21T00:00Z']);
  });

  test('clocks set forward: a time that does not exist is made up for after the gap', () => {
    assert.deepEqual(times('30 2 * * *', 'America/New_York', '2027-03-13T12:00:00Z', 2), [
      '2027-03-14T07:00Z', // 2:30 does not exist; 3:00 EDT is the first minute after the gap
      '2027-03-15T06:30Z',
    ]);
    assert.deepEqual(times('0 * * * *', 'America/New_York', '2027-03-14T05:30:00Z', 3), [
      '2027-03-14T06:00Z', // 1:00 EST
      '2027-03-14T07:00Z', // 3:00 EDT: every hour is an hour
      '2027-03-14T08:00Z',
    ]);
    assert.deepEqual(times('15 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', 2), [
      '2018-11-04T03:00Z', // 0:15 does not exist; 1:00 is the first minute after the gap
      '2018-11-05T02:15Z',
    ]);
  });

  test('clocks set back: a time that exists twice is taken once, what repeats goes on', () => {
    assert.deepEqual(times('30 1 * * *', 'America/New_York', '2027-11-06T12:00:00Z', 2), [
      '2027-11-07T05:30Z', // 1:30 EDT, not again at 1:30 EST
      '2027-11-08T06:30Z',
    ]);
    assert.deepEqual(times('0 * * * *', 'America/New_York', '2027-11-07T04:30:00Z', 3), [
      '2027-11-07T05:00Z', // 1:00 EDT
      '2027-11-07T06:00Z', // 1:00 EST
      '2027-11-07T07:00Z',
    ]);
    assert.deepEqual(times('30 23 * * *', 'America/Sao_Paulo', '2018-02-17T12:00:00Z', 2), [
      '2018-02-18T01:30Z', // 23:30 in summer, not again an hour later
      '2018-02-19T02:30Z',
    ]);
    assert.deepEqual(times('0 9 * * *', 'America/Sao_Paulo', '2026-11-03T12:00:00Z', 2), [
      '2026-11-04T12:00Z',
      '2026-11-05T12:00Z',
    ]);
  });

  test('never come more often than once a minute, and what is none is refused', () => {
    const wrong = ['* * * * * *', '*/10 * * * * *', '61 * * * *', 'tomorrow', '', '0 0 * *', '2026-11-21T00:00:00'];
    for (const cron of wrong) refused(() => nextTime(cron, 'UTC', new Date()), cron);
    for (const zone of ['Mars/Olympus', '', '+03:00', 'UTC; drop table']) {
      refused(() => nextTime('0 0 * * *', zone, new Date()), zone);
    }
    assert.equal(nextTime('0 0 30 2 *', 'UTC', new Date()), null);
  });
});

function refused(call: () => unknown, what: string): void {
  assert.throws(call, (error) => error instanceof AppError && error.code === 'SCHEDULE_INVALID', what);
}
