import { Type } from 'typebox';
import { InvitationSchema, toInvitationJson } from '../../account-json.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Open invitations, newest first',
  tags: ['members'],
  response: { 200: Type.Object({ items: Type.Array(InvitationSchema) }) },
};

export const listInvitations: Route = (api, { accounts, resolveActor }) => {
  api.get('/v1/invitations', { schema }, async (request) => {
    const open = await accounts.invitations.list(resolveActor(request).tenantId);
    return { items: open.map(toInvitationJson) };
  });
};
