import { Type } from 'typebox';

/** How often who may ask for what; `configSchema` takes these in. */
export const limitVariables = {
  ESTEIRA_RATE_LIMIT_IP_PER_MINUTE: Type.Optional(
    Type.Integer({
      description:
        'Requests that one address may make in a minute without being signed in, of IPv6 one network of 64 bits; ten ' +
        'times as many files and pictures. Who goes too far is blocked for 1, 5, 15, then 60 minutes. 0 is no limit ' +
        '([limits](limits.md)).',
      derived: '100 with `ESTEIRA_AUTH=accounts`, else 0',
      minimum: 0,
      maximum: 10_000_000,
      unit: 'requests',
    }),
  ),
  ESTEIRA_RATE_LIMIT_USER_PER_MINUTE: Type.Integer({
    description: 'Requests that one user may make in a minute, by all their sessions and keys together; 0 is no limit.',
    default: 3_000,
    minimum: 0,
    maximum: 10_000_000,
    unit: 'requests',
  }),
  ESTEIRA_RATE_LIMIT_HEAVY_JOBS_PER_MINUTE: Type.Optional(
    Type.Integer({
      description:
        'Jobs of processors that take long, such as `audio.stems`, that one user may ask for in a minute; 0 is no limit.',
      derived: '10 with `ESTEIRA_AUTH=accounts`, else 0',
      minimum: 0,
      maximum: 1_000_000,
      unit: 'jobs',
    }),
  ),
  ESTEIRA_RATE_LIMIT_SIGN_IN_ATTEMPTS: Type.Integer({
    description:
      'How often one address may try to sign in to one account in a quarter of an hour; three times as often to ' +
      'whatever accounts, and ten times as often all addresses together to one.',
    default: 10,
    minimum: 1,
    maximum: 1_000_000,
    unit: 'attempts',
  }),
  ESTEIRA_MAX_QUEUE_AGE: Type.Optional(
    Type.Integer({
      description:
        'No new work is taken while a job has waited for longer than this in line; 0 takes it whatever waits.',
      derived: '3600 with `ESTEIRA_AUTH=accounts`, else 0',
      minimum: 0,
      maximum: 30 * 86_400,
      unit: 'seconds',
    }),
  ),
};

export interface LimitsConfig {
  /** Requests; 0: no limit. */
  readonly perMinute: { readonly ip: number; readonly user: number };
  readonly heavyJobsPerMinute: number;
  readonly signInAttempts: number;
  /** 0: work is taken however long others wait. */
  readonly maxQueueAgeSeconds: number;
}

interface LimitSettings {
  readonly ESTEIRA_AUTH: string;
  readonly ESTEIRA_RATE_LIMIT_IP_PER_MINUTE?: number;
  readonly ESTEIRA_RATE_LIMIT_USER_PER_MINUTE: number;
  readonly ESTEIRA_RATE_LIMIT_HEAVY_JOBS_PER_MINUTE?: number;
  readonly ESTEIRA_RATE_LIMIT_SIGN_IN_ATTEMPTS: number;
  readonly ESTEIRA_MAX_QUEUE_AGE?: number;
}

/** Strangers are limited; where everybody is one user, who may do everything, nobody is. */
export function limitsConfig(settings: LimitSettings): LimitsConfig {
  const forStrangers = (limit: number): number => (settings.ESTEIRA_AUTH === 'accounts' ? limit : 0);
  return Object.freeze({
    perMinute: Object.freeze({
      ip: settings.ESTEIRA_RATE_LIMIT_IP_PER_MINUTE ?? forStrangers(100),
      user: settings.ESTEIRA_RATE_LIMIT_USER_PER_MINUTE,
    }),
    heavyJobsPerMinute: settings.ESTEIRA_RATE_LIMIT_HEAVY_JOBS_PER_MINUTE ?? forStrangers(10),
    signInAttempts: settings.ESTEIRA_RATE_LIMIT_SIGN_IN_ATTEMPTS,
    maxQueueAgeSeconds: settings.ESTEIRA_MAX_QUEUE_AGE ?? forStrangers(3_600),
  });
}
