import { Cron } from 'croner';
import { AppError } from '#kernel/errors.ts';

/**
 * The first time after another at which a schedule is due. Never twice in one minute: there is no field for seconds.
 *
 * Where clocks are set forward, a time of day that does not exist is made up for right after the gap, and where they
 * are set back, one that exists twice is taken once. Expressions that repeat within the day (`*`, lists, ranges) follow
 * the clock instead: nothing in the gap, and both of the repeated times.
 *
 * @param cron five fields, or one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`
 * @param timeZone IANA's name
 * @returns null when there is none
 * @throws AppError SCHEDULE_INVALID
 */
export function nextTime(cron: string, timeZone: string, after: Date): Date | null {
  checkTimeZone(timeZone);
  try {
    // croner also takes a point in time.
    if (!/^(@[a-z]+|\S+(\s+\S+){4})$/i.test(cron.trim())) throw new TypeError('not five fields');
    return new Cron(cron, { mode: '5-part', timezone: timeZone, paused: true }).nextRun(after);
  } catch (cause) {
    const detail = `"${cron}" is not a cron expression of five fields (minute, hour, day, month, weekday).`;
    throw new AppError('SCHEDULE_INVALID', detail, { cause });
  }
}

function checkTimeZone(timeZone: string): void {
  // Offsets such as +03:00 are taken by Intl too, but know nothing of summer.
  if (/^[A-Za-z]/.test(timeZone)) {
    try {
      new Intl.DateTimeFormat('en', { timeZone });
      return;
    } catch {
      // Told below.
    }
  }
  throw new AppError(
    'SCHEDULE_INVALID',
    `"${timeZone}" is not a time zone. Send its IANA name, like America/Sao_Paulo.`,
  );
}
