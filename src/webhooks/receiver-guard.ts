import { addressIn } from '#assets/guarded-lookup.ts';
import { namedHosts } from '#assets/named-hosts.ts';
import { isPublicAddress } from '#assets/public-address.ts';
import { AppError } from '#kernel/errors.ts';

/** Whom a message may be sent to. */
export interface ReceiverGuard {
  /** @throws AppError URL_NOT_ALLOWED for what is no address, or one that is never connected to */
  check(url: string): URL;
  /** @returns what says of each address of that name whether we connect to it */
  mayConnect(target: URL): (address: string) => boolean;
}

/**
 * Everybody on the public internet, and those of the private networks that the operator names.
 *
 * @param allowed names of hosts, addresses, and networks as `10.0.0.0/8`
 */
export function receiverGuard(allowed: readonly string[]): ReceiverGuard {
  const named = namedHosts(allowed);
  const mayConnect = (target: URL) => (address: string) => isPublicAddress(address) || named(target, address);
  return {
    mayConnect,
    check(url) {
      const target = URL.parse(url);
      if (target === null || (target.protocol !== 'https:' && target.protocol !== 'http:')) {
        throw notAllowed('A webhook goes to an address that begins with https:// or http://.');
      }
      if (target.username !== '' || target.password !== '') {
        throw notAllowed('The address of a webhook must not have a user name or a password in it.');
      }
      const address = addressIn(target);
      if (address !== undefined && !mayConnect(target)(address)) throw notPublic();
      return target;
    },
  };
}

export function notPublic(): AppError {
  return notAllowed(
    'The address does not lead to the public internet. The operator can allow receivers in private networks ' +
      '(ESTEIRA_WEBHOOK_PRIVATE_HOSTS).',
  );
}

function notAllowed(detail: string): AppError {
  return new AppError('URL_NOT_ALLOWED', detail);
}
