import type { IncomingHttpHeaders } from 'node:http';

/** A person, as they signed in. What they may is not known here. */
export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
  /** The workspace that this session acts in, if its owner has chosen one. */
  readonly tenantId: string | undefined;
}

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Runs this server: has `instance:read` and `instance:write`. */
  readonly operator: boolean;
  readonly twoFactor: boolean;
  readonly createdAt: Date;
  /** Since when they may not sign in, nor may anything that acts for them. */
  readonly disabledAt: Date | null;
}

/** Who people are: sessions, passwords, second factors. */
export interface Identity {
  /**
   * Answered from memory for some seconds where the session is known; forgotten at once, in all processes, when it ends.
   *
   * @returns undefined when the cookie is missing, wrong, or of a session that has ended or waits for its second factor
   */
  session(headers: IncomingHttpHeaders): Promise<SignedIn | undefined>;
  /** Those that are there, in any order. */
  people(ids: readonly string[]): Promise<Person[]>;
  byEmail(email: string): Promise<Person | undefined>;
  /** Ends every session of a person, here and in all processes. */
  endSessions(userId: string): Promise<void>;
}
