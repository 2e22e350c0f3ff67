import { AppError } from '#kernel/errors.ts';

/** What is limited; bounded, as they are labels of metrics. `docs/limits.md` explains each. */
export const limitNames = [
  'ip',
  'files',
  'failed',
  'user',
  'key',
  'plan',
  'jobs',
  'heavy-jobs',
  'sign-in',
  'invitations',
] as const;
export type LimitName = (typeof limitNames)[number];

/** A limit as it stands for somebody after a use. */
export interface LimitState {
  readonly name: LimitName;
  readonly allowed: number;
  /** Above what is allowed: this use was too much. */
  readonly used: number;
  readonly windowSeconds: number;
  readonly resetsInMs: number;
}

const nouns: Readonly<Record<LimitName, string>> = {
  ip: 'requests of one address that is not signed in',
  files: 'files and pictures for one address',
  failed: 'requests of one address that could not sign in',
  user: 'requests of one user',
  key: 'requests with this key',
  plan: 'requests of one workspace, by its plan',
  jobs: 'jobs of one workspace, by its plan',
  'heavy-jobs': 'heavy jobs of one user',
  'sign-in': 'attempts to sign in',
  invitations: 'invitations by one user',
};

export function isOver({ used, allowed }: LimitState): boolean {
  return used > allowed;
}

/** @param state one that is over */
export function rateLimited(state: LimitState): AppError {
  const { name, allowed, used, windowSeconds } = state;
  const seconds = retryAfterSeconds(state);
  const window = windowSeconds % 60 === 0 ? `${windowSeconds / 60} min` : `${windowSeconds} s`;
  return new AppError(
    'RATE_LIMITED',
    `${allowed} ${nouns[name]} are allowed in ${window}, and that was reached. Try again in ${seconds} s.`,
    {
      extensions: {
        limit: name,
        allowed,
        used: Math.min(used, allowed),
        resetsAt: new Date(Date.now() + seconds * 1_000).toISOString(),
      },
    },
  );
}

/** At least one. */
export function retryAfterSeconds({ resetsInMs }: LimitState): number {
  return Math.max(1, Math.ceil(resetsInMs / 1_000));
}

/**
 * What is left of each limit, for who asked.
 *
 * @see draft-ietf-httpapi-ratelimit-headers-11
 */
export function rateLimitFields(states: readonly LimitState[]): Readonly<Record<string, string>> {
  return {
    'ratelimit-policy': states.map((state) => `"${state.name}";q=${state.allowed};w=${state.windowSeconds}`).join(', '),
    ratelimit: states
      .map((state) => `"${state.name}";r=${Math.max(0, state.allowed - state.used)};t=${retryAfterSeconds(state)}`)
      .join(', '),
  };
}
