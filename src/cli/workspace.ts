import type { AdminCall } from './admin.ts';
import { type Arguments, type Option, textOf, UsageError } from './command.ts';

export const workspaceOption: Option = {
  name: 'workspace',
  value: 'id',
  help: 'The workspace to act in (default: the only one). esteira tenants list shows them.',
};

/** @throws UsageError when there are several and none is named */
export async function workspaceFrom(call: AdminCall, args: Arguments): Promise<string> {
  const named = textOf(args, 'workspace');
  if (named !== undefined) return named;
  const { items } = await call<{ items: { id: string }[] }>('GET', '/v1/tenants?limit=2');
  const [only, another] = items;
  if (only !== undefined && another === undefined) return only.id;
  throw new UsageError('there are several workspaces: say which with --workspace. See: esteira tenants list.');
}
