import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from './principal.ts';

/** Where credentials may stand in a request. */
export interface CredentialSource {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** The client's address, as far as proxies are trusted. */
  readonly ip: string;
}

/** Finds out who asks. */
export interface Access {
  /**
   * @returns undefined when the request carries no credentials at all
   * @throws AppError UNAUTHENTICATED for those that are wrong, have ended or were taken back
   */
  authenticate(source: CredentialSource): Promise<Principal | undefined>;
}
