import { Type } from 'typebox';
import { checkOperator, scopeOf } from '../../audit-json.ts';
import type { Route } from '../../deps.ts';

const Head = Type.Object(
  { number: Type.Integer(), hash: Type.String() },
  {
    description:
      'Where the chain ends. Kept elsewhere and sent as `head` later, it shows that nothing was written anew.',
  },
);

const schema = {
  summary: 'Whether the record is as it was written',
  tags: ['audit'],
  querystring: Type.Object(
    {
      of: Type.Optional(
        Type.Enum(['tenant', 'server', 'all'], {
          default: 'tenant',
          description: '`server`: its own record; `all`: every chain there is. Both are for those who run it.',
        }),
      ),
      head: Type.Optional(
        Type.String({
          pattern: '^[0-9]{1,15}:[0-9a-f]{64}$',
          description: 'An earlier `number:hash` of the same chain.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({
      entries: Type.Integer(),
      blanked: Type.Integer({ description: 'Of these, those from which a person’s data was erased.' }),
      chains: Type.Integer(),
      intact: Type.Boolean(),
      head: Type.Optional(Head),
      brokenAt: Type.Optional(Type.Integer({ description: 'The number of the first entry that is not right.' })),
      reason: Type.Optional(Type.String()),
      brokenIn: Type.Optional(Type.String({ description: 'A tenant’s id, or `server`.' })),
    }),
  },
};

export const verifyAudit: Route = (api, { audit, resolveActor }) => {
  api.get('/v1/audit/verify', { schema }, async (request) => {
    const { of, head } = request.query;
    const actor = resolveActor(request);
    if (of === 'all') {
      checkOperator(actor);
      return await audit.verifyAll();
    }
    const { brokenAt, ...report } = await audit.verify(
      scopeOf(of, actor),
      head === undefined ? undefined : headOf(head),
    );
    return { ...report, chains: 1, ...(brokenAt && { brokenAt: brokenAt.number, reason: brokenAt.reason }) };
  });
};

function headOf(text: string): { number: number; hash: string } {
  const [number = '', hash = ''] = text.split(':');
  return { number: Number(number), hash };
}
