import { expect, test } from 'vitest';
import { everyDay } from './every-day.ts';

const from = '2026-11-01T00:00:00.000Z';
const used = [{ date: '2026-11-02', images: 3, audioMinutes: 0.5, jobs: 4 }];

test('days on which nothing was made are there, too, up to today', () => {
  const days = everyDay(used, from, Date.parse('2026-11-03T00:00:00.000Z'));
  expect(days.map(({ date, jobs }) => [date, jobs])).toEqual([
    ['2026-11-01', 0],
    ['2026-11-02', 4],
    ['2026-11-03', 0],
  ]);
});

test('a month has its first day from its first moment on', () => {
  expect(everyDay([], from, Date.parse(from)).map(({ date }) => date)).toEqual(['2026-11-01']);
});
