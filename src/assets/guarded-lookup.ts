import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

export interface ConnectionGuard {
  /** Whom we may connect to; asked for every address that a name has. */
  readonly mayConnect: (address: string) => boolean;
  /** How names become addresses; Node.js's own `dns.lookup`. */
  readonly lookup?: typeof systemLookup | undefined;
}

/**
 * The lookup of a connection that is made on a stranger's behalf: the name is resolved once, and only addresses that the
 * guard lets pass leave it. A name that means something else a moment later changes nothing.
 *
 * @param refused what the connection fails with when no address is left
 */
export function guardedLookup(
  { mayConnect, lookup = systemLookup }: ConnectionGuard,
  refused: () => Error,
): LookupFunction {
  return (name, settings, done) => {
    lookup(name, { ...settings, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, []);
      const allowed = found.filter(({ address }) => mayConnect(address));
      const [address] = allowed;
      if (address === undefined) return done(refused(), []);
      if (settings.all === true) done(null, allowed);
      else done(null, address.address, address.family);
    });
  };
}

/** Addresses are not looked up: whoever connects asks about one that stands in the URL itself. */
export function addressIn(target: URL): string | undefined {
  const host = target.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
}
