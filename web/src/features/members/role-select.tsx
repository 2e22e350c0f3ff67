import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { may, meQuery } from '../../api/me.ts';
import { listRoles } from '../../api/members.ts';
import { useRoleName } from './role-names.ts';

interface Props {
  readonly label: string;
  /** Whether the label is seen, too. */
  readonly labelled?: boolean;
  readonly value: string;
  readonly onChange: (role: string) => void;
}

/** One of the roles that whoever looks may give: none is above their own. */
export function RoleSelect({ label, labelled = false, value, onChange }: Props) {
  const roleName = useRoleName();
  const { data: me } = useQuery(meQuery);
  const { data: roles } = useQuery({ queryKey: ['roles'], queryFn: ({ signal }) => listRoles(signal) });
  const offered = (roles?.items ?? [])
    .filter(({ name, permissions }) => name === value || permissions.every((permission) => may(me, permission)))
    .map(({ name }) => name);
  const data = (offered.includes(value) ? offered : [value, ...offered]).map((role) => ({
    value: role,
    label: roleName(role),
  }));
  return (
    <NativeSelect
      {...(labelled ? { label } : { 'aria-label': label, size: 'xs' })}
      value={value}
      data={data}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
