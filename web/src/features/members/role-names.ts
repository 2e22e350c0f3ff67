import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';

const names = {
  owner: msg`Owner`,
  admin: msg`Administrator`,
  editor: msg`Editor`,
  viewer: msg`Viewer`,
} as const;

export const roleLeads = {
  owner: msg`Everything in the workspace, its settings and its end.`,
  admin: msg`The work, members, roles, keys, webhooks and the record of what was done.`,
  editor: msg`The work: files, jobs, templates and links; and keys for programs.`,
  viewer: msg`Sees the work and its results, and changes nothing.`,
} as const;

/** How a role is called: those that come with the program in the reader's language, others as they were named. */
export function useRoleName(): (role: string) => string {
  const { i18n } = useLingui();
  return (role) => (Object.hasOwn(names, role) ? i18n._(names[role as keyof typeof names]) : role);
}
