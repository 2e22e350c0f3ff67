import { Type } from 'typebox';
import { AppError, errorTable, isErrorCode } from '#kernel/errors.ts';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'What an error code means',
  description: 'The `type` of every problem document leads here.',
  tags: ['errors'],
  params: Type.Object({ code: Type.String() }),
  response: {
    200: Type.Object({ code: Type.String(), title: Type.String(), status: Type.Integer(), retryable: Type.Boolean() }),
  },
};

export const getProblem: Route = (api) => {
  api.get('/problems/:code', { schema }, async ({ params: { code } }) => {
    if (!isErrorCode(code)) throw new AppError('NOT_FOUND', 'There is no error with this code.');
    return { code, ...errorTable[code] };
  });
};
