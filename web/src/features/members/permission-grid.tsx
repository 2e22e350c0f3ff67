import { useLingui } from '@lingui/react/macro';
import { Checkbox } from '@mantine/core';
import type { Permission } from '../../api/me.ts';
import classes from './permission-grid.module.css';
import { permissionGroups } from './permission-names.ts';

interface Props {
  /** What may be given; the rest is not shown. */
  readonly offered: readonly Permission[];
  readonly chosen: readonly Permission[];
  /** Missing: it can only be looked at. */
  readonly onChange?: (chosen: readonly Permission[]) => void;
}

/** What a role or a key lets people do, in plain words. */
export function PermissionGrid({ offered, chosen, onChange }: Props) {
  const { i18n } = useLingui();
  const groups = permissionGroups
    .map(({ subject, permissions }) => ({
      subject,
      permissions: permissions.filter(([permission]) => offered.includes(permission)),
    }))
    .filter(({ permissions }) => permissions.length > 0);
  const toggle = (permission: Permission, on: boolean): void =>
    onChange?.(on ? [...chosen, permission] : chosen.filter((one) => one !== permission));
  return (
    <div className={classes.grid}>
      {groups.map(({ subject, permissions }) => (
        <fieldset key={subject.id} className={classes.group}>
          <legend className={classes.subject}>{i18n._(subject)}</legend>
          {permissions.map(([permission, words]) => (
            <Checkbox
              key={permission}
              size="sm"
              label={i18n._(words)}
              checked={chosen.includes(permission)}
              disabled={onChange === undefined}
              onChange={({ currentTarget }) => toggle(permission, currentTarget.checked)}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}
