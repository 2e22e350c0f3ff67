import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import type { AuditEntry } from '../../api/audit.ts';
import { Row } from '../../ui/rows.tsx';
import { exactTime } from '../../ui/times.ts';
import { actionNames } from './action-names.ts';
import { changesOf } from './changes-of.ts';
import classes from './entry-row.module.css';

interface Props {
  readonly entry: AuditEntry;
  /** To see what else they did. */
  readonly onBy: (id: string) => void;
}

export function EntryRow({ entry, onBy }: Props) {
  const { t, i18n } = useLingui();
  const { action, at, by, subject, origin, erased } = entry;
  const name = Object.hasOwn(actionNames, action) ? actionNames[action] : undefined;
  const changes = changesOf(entry);
  const who = erased ? t`Somebody whose data was erased` : by === null ? t`Esteira itself` : (by.name ?? by.id);
  return (
    <Row
      title={name === undefined ? <code>{action}</code> : i18n._(name)}
      facts={
        <>
          {who} · {exactTime(at, i18n.locale)}
          {origin?.ip && ` · ${origin.ip}`}
        </>
      }
      actions={
        by?.id && (
          <Button variant="subtle" size="compact-xs" color="gray" onClick={() => onBy(by.id ?? '')}>
            <Trans>More by them</Trans>
          </Button>
        )
      }
    >
      <details className={classes.details}>
        <summary>
          <Trans>Details</Trans>
        </summary>
        <dl className={classes.facts}>
          <dt>
            <Trans>Act</Trans>
          </dt>
          <dd>
            <code>{action}</code>
          </dd>
          {subject && (
            <>
              <dt>
                <Trans>Of</Trans>
              </dt>
              <dd>
                {subject.kind} <code>{subject.id}</code>
              </dd>
            </>
          )}
          {origin?.userAgent && (
            <>
              <dt>
                <Trans>With</Trans>
              </dt>
              <dd>{origin.userAgent}</dd>
            </>
          )}
          {changes.map(({ field, before, after }) => (
            <div key={field} className={classes.change}>
              <dt>{field}</dt>
              <dd>
                {before !== undefined && <del>{before}</del>}
                {before !== undefined && after !== undefined && <span aria-hidden> → </span>}
                {after !== undefined && <ins>{after}</ins>}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </Row>
  );
}
