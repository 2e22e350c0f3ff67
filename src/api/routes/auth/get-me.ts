import { Type } from 'typebox';
import type { Principal } from '#accounts/principal.ts';
import { AppError } from '#kernel/errors.ts';
import type { Route, RouteDeps } from '../../deps.ts';
import { keepCookies, sourceOf } from '../../sign-in-answer.ts';

const TenantSchema = Type.Object({ id: Type.String(), name: Type.String(), role: Type.String() });

const schema = {
  summary: 'Who asks, where they are, and what they may there',
  description: 'Answers everybody: without a session it says how one signs in.',
  tags: ['auth'],
  response: {
    200: Type.Object({
      mode: Type.Enum(['local', 'proxy', 'accounts']),
      needsSetup: Type.Boolean({ description: 'Nobody runs this server yet.' }),
      signUp: Type.Enum(['invitation', 'open']),
      oidc: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
      user: Type.Optional(
        Type.Object({
          id: Type.String(),
          email: Type.String(),
          name: Type.String(),
          twoFactor: Type.Boolean(),
          operator: Type.Boolean({ description: 'Runs this server.' }),
          emailVerified: Type.Boolean(),
          language: Type.Optional(Type.String()),
        }),
      ),
      tenant: Type.Optional(
        Type.Object({ id: Type.String(), name: Type.String(), status: Type.Enum(['active', 'suspended']) }),
      ),
      role: Type.Optional(Type.String()),
      tenants: Type.Array(TenantSchema),
      permissions: Type.Array(Type.String()),
    }),
  },
};

export const getMe: Route = (api, deps) => {
  const { access, accounts, config, plans, signIn } = deps;

  api.get('/v1/auth/me', { schema }, async (request, reply) => {
    const none = { needsSetup: false, signUp: 'invitation' as const, oidc: [], tenants: [] };
    const source = sourceOf(request);
    if (signIn === undefined) {
      const principal = await access.authenticate({ ...source, method: request.method });
      const mode = config.localMode ? ('local' as const) : ('proxy' as const);
      return { ...none, mode, permissions: [...(principal?.permissions ?? [])] };
    }
    const { setCookies } = await signIn.current(source);
    keepCookies(reply, setCookies);
    const principal = await access.authenticate({ ...source, method: request.method }).catch(nobody);
    const door = { mode: 'accounts' as const, signUp: signIn.signUp, oidc: [...signIn.oidc] };
    if (principal === undefined) {
      return { ...door, needsSetup: await signIn.needsSetup(), tenants: [], permissions: [] };
    }
    const [[person], memberships] = await Promise.all([
      signIn.people.byIds([principal.userId]),
      accounts.memberships.of(principal.userId),
    ]);
    const own = memberships.find(({ tenantId }) => tenantId === principal.tenantId);
    return {
      ...door,
      needsSetup: false,
      ...(person !== undefined && { user: userJson(person) }),
      ...(own !== undefined && { tenant: await tenantJson(plans, own), role: own.role }),
      tenants: memberships.map(({ tenantId, tenantName, role }) => ({ id: tenantId, name: tenantName, role })),
      permissions: [...principal.permissions],
    };
  });
};

/** A cookie that is over is as good as none. */
function nobody(error: unknown): Principal | undefined {
  if (error instanceof AppError && error.code === 'UNAUTHENTICATED') return undefined;
  throw error;
}

type Person = Awaited<ReturnType<NonNullable<RouteDeps['signIn']>['people']['byIds']>>[number];

function userJson({ id, email, name, twoFactor, operator, emailVerified, language }: Person) {
  return { id, email, name, twoFactor, operator, emailVerified, ...(language !== null && { language }) };
}

async function tenantJson(plans: RouteDeps['plans'], own: { readonly tenantId: string; readonly tenantName: string }) {
  const { status } = await plans.of(own.tenantId);
  return { id: own.tenantId, name: own.tenantName, status };
}
