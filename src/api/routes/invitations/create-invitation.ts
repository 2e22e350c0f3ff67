import { Type } from 'typebox';
import { EmailSchema, NewInvitationSchema, RoleNameSchema, toNewInvitationJson } from '../../account-json.ts';
import { actingIn } from '../../acting.ts';
import type { Route } from '../../deps.ts';
import { publicOrigin } from '../../public-origin.ts';

const schema = {
  summary: 'Invite somebody to the workspace',
  description:
    'The link is good for seven days, for this address, and for once. A new one for the same address ends the old one.',
  tags: ['members'],
  body: Type.Object({ email: EmailSchema, role: RoleNameSchema }, { additionalProperties: false }),
  response: { 201: NewInvitationSchema },
};

export const createInvitation: Route = (api, deps) => {
  api.post('/v1/invitations', { schema }, async (request, reply) => {
    const made = await deps.accounts.invitations.create(actingIn(deps, request), request.body);
    return reply.code(201).send(toNewInvitationJson(made, publicOrigin(deps.config, request)));
  });
};
