import assert from 'node:assert/strict';
import type { Client } from '../client.ts';

/** Requests may suspend the workspace that they are made in, or tighten the limits of the server. */
export async function repair({ ask }: Pick<Client, 'ask'>): Promise<void> {
  const put = async (path: string, body: object) => {
    const answer = await ask(path, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    assert.ok(answer.status < 300, `${path}: ${answer.status} ${answer.bytes}`);
  };
  await put('/v1/ops/limits', { mode: 'normal' });
  const { id } = (await ask('/v1/tenants/current')).json();
  await put(`/v1/tenants/${id}/plan`, { planId: 'unlimited', status: 'active' });
}
