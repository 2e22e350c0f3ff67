import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';

const params = Type.Object({ token: Type.String({ maxLength: 200 }) });

const schema = {
  summary: 'What a link of an invitation is for',
  tags: ['members'],
  params,
  response: {
    200: Type.Object({
      tenantName: Type.String(),
      email: Type.String(),
      role: Type.String(),
      hasAccount: Type.Boolean({
        description: 'Whether there is an account with this address: sign in, else sign up.',
      }),
    }),
  },
};

const acceptSchema = {
  summary: 'Join the workspace that an invitation is from',
  tags: ['members'],
  params,
  response: { 204: Type.Null() },
};

export const openInvitation: Route = (api, { accounts, resolveActor }) => {
  const { invitations, people } = accounts;

  api.get('/v1/invitations/open/:token', { schema }, async (request) => {
    const open = await invitations.find(request.params.token);
    if (open === undefined) throw noInvitation();
    const { tenantName, email, role } = open;
    return { tenantName, email, role, hasAccount: (await people.byEmail(email)) !== undefined };
  });

  api.post('/v1/invitations/open/:token/accept', { schema: acceptSchema }, async (request, reply) => {
    const { userId } = resolveActor(request);
    const [person] = await people.people([userId]);
    if (person === undefined) throw noInvitation();
    await invitations.accept(request.params.token, person);
    return reply.code(204).send(null);
  });
};

function noInvitation(): AppError {
  return new AppError(
    'INVITATION_NOT_FOUND',
    'The invitation was used or taken back, or is too old. Ask for a new one.',
  );
}
