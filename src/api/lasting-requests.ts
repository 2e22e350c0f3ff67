import type { FastifyRequest } from 'fastify';
import type { Access, CredentialSource } from '#accounts/access.ts';
import type { Principal } from '#accounts/principal.ts';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import { accessOf, type RouteAccess } from './route-access.ts';

/** Requests that go on for hours: whoever sent one may have lost the right to it meanwhile. */
export interface LastingRequests {
  /**
   * @returns aborted when who sent it may no longer what its route asks for, or acts for another workspace now; undefined
   *   where nobody signs in
   */
  watch(request: FastifyRequest): AbortSignal | undefined;
  close(): void;
}

export interface LastingRequestsDeps {
  readonly access: Access;
  readonly fanOut: Pick<FanOut, 'on'>;
  readonly resolveActor: (request: FastifyRequest) => Principal;
  /** How often everybody is looked at, for what ends by itself: keys, tokens and sessions. */
  readonly intervalMs?: number;
}

interface Watched {
  /** No more of the request than is needed: there are thousands. */
  readonly source: CredentialSource;
  readonly asked: RouteAccess | undefined;
  readonly principal: Principal;
  readonly over: AbortController;
}

/** A word about everybody must not become thousands of questions at once. */
const asksAtOnce = 16;

export function createLastingRequests(deps: LastingRequestsDeps): LastingRequests {
  const { access, fanOut, resolveActor, intervalMs = 30_000 } = deps;
  const watched = new Set<Watched>();
  let due = new Set<Watched>();
  let looking = false;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    while (due.size > 0) {
      const some = [...due].slice(0, asksAtOnce);
      for (const one of some) due.delete(one);
      await Promise.all(some.map(check));
    }
    looking = false;
  }

  async function check({ source, asked, principal, over }: Watched): Promise<void> {
    try {
      const now = await access.authenticate(source);
      const isSame = now?.tenantId === principal.tenantId && now.userId === principal.userId;
      const isAllowed = asked === 'member' || asked === 'person' || now?.permissions.has(asked as never) === true;
      if (!isSame || !isAllowed) over.abort();
    } catch (error) {
      // A database that is away has taken nothing from anybody: the next look tells.
      if (error instanceof AppError && error.status < 500) over.abort();
    }
  }

  function lookAt(some: Iterable<Watched>): void {
    for (const one of some) due.add(one);
    // After all who are told of the same thing have forgotten what they knew.
    setImmediate(() => void look());
  }

  const stop = fanOut.on('access-changed', (told) => {
    const ids = new Set(told);
    const isMeant = ({ principal: { userId, tenantId, credentialId } }: Watched) =>
      ids.size === 0 || ids.has(userId) || ids.has(tenantId) || ids.has(credentialId);
    lookAt([...watched].filter(isMeant));
  });
  const timer = setInterval(() => lookAt(watched), intervalMs).unref();

  return {
    watch(request) {
      const principal = resolveActor(request);
      if (principal.kind === 'local') return undefined;
      const { method, ip, routeOptions } = request;
      const { authorization, cookie, 'x-api-key': apiKey } = request.headers;
      const headers = { authorization, cookie, 'x-api-key': apiKey };
      const asked = accessOf(method, routeOptions.url ?? '');
      const one = { source: { headers, method, ip }, asked, principal, over: new AbortController() };
      watched.add(one);
      const forget = () => {
        watched.delete(one);
        due.delete(one);
      };
      request.raw.socket.once('close', forget);
      one.over.signal.addEventListener('abort', forget, { once: true });
      // It may have changed between the first look and now.
      lookAt([one]);
      return one.over.signal;
    },
    close() {
      stop();
      clearInterval(timer);
      watched.clear();
      due = new Set();
    },
  };
}
