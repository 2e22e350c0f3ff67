import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const count = Type.Integer({ minimum: 0 });
const depth = {
  waiting: count,
  delayed: Type.Integer({ minimum: 0, description: 'Tried again later.' }),
  active: count,
  oldestSeconds: Type.Number({ minimum: 0, description: 'How long the job that waits longest could have been taken.' }),
};

const schema = {
  summary: 'How much work waits, by processor',
  description:
    'Of all processes together, read from the database at most every two seconds. For people and autoscalers.',
  tags: ['operations'],
  response: {
    200: Type.Object({
      total: Type.Object(depth),
      processors: Type.Array(Type.Object({ processor: Type.String(), ...depth })),
    }),
  },
};

export const listQueues: Route = (api, { line }) => {
  api.get('/v1/ops/queues', { schema }, async () => {
    const processors = [...(await line())];
    const sum = (name: 'waiting' | 'delayed' | 'active') => processors.reduce((total, each) => total + each[name], 0);
    const oldestSeconds = Math.max(0, ...processors.map((each) => each.oldestSeconds));
    const total = { waiting: sum('waiting'), delayed: sum('delayed'), active: sum('active'), oldestSeconds };
    return { total, processors };
  });
};
