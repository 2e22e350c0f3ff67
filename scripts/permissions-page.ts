import { builtInRoles, type Permission, permissions, rolePermissions } from '#accounts/permissions.ts';

/** Who may what, from the table that decides it. */
export function renderPermissions(): string {
  return `<!-- Made by scripts/generate-docs.ts from src/accounts/permissions.ts: do not edit. -->

# Permissions

What roles and [API keys](access.md#api-keys) are made of. The last two are about the server itself: they belong to those
who run it, and to no role of a workspace. \`src/api/route-access.ts\` says what each request asks for.

| permission | ${builtInRoles.join(' | ')} |
|---|${builtInRoles.map(() => ':-:|').join('')}
${permissions.map(row).join('\n')}
`;
}

function row(permission: Permission): string {
  const marks = builtInRoles.map((role) => (rolePermissions[role].includes(permission) ? '✓' : ' '));
  return `| \`${permission}\` | ${marks.join(' | ')} |`;
}
