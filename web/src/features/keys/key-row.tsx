import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import type { ApiKey } from '../../api/api-keys.ts';
import { Row, Tag } from '../../ui/rows.tsx';
import { dayAndTime, timeAgo } from '../../ui/times.ts';

interface Props {
  readonly apiKey: ApiKey;
  readonly mayChange: boolean;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}

export function KeyRow({ apiKey, mayChange, onRotate, onRevoke }: Props) {
  const { t, i18n } = useLingui();
  const { name, prefix, scopes, createdBy, expiresAt, lastUsedAt, requestsPerMinute, revokedAt, previousUntil } =
    apiKey;
  const isRevoked = revokedAt !== null;
  const hasExpired = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  const isOver = isRevoked || hasExpired;
  const maker = typeof createdBy === 'object' ? createdBy?.name : undefined;
  return (
    <Row
      faded={isOver}
      title={
        <>
          {name}
          {isRevoked ? <Tag tone="bad">{t`Revoked`}</Tag> : hasExpired && <Tag tone="warn">{t`Expired`}</Tag>}
        </>
      }
      facts={
        <>
          <code>{prefix}…</code>
          {' · '}
          <Plural value={scopes.length} one="# permission" other="# permissions" />
          {requestsPerMinute !== null && (
            <>
              {' · '}
              <Trans>{requestsPerMinute} a minute</Trans>
            </>
          )}
          {maker && ` · ${maker}`}
          <br />
          {lastUsedAt === null ? <Trans>Never used</Trans> : <Trans>Used {timeAgo(lastUsedAt, i18n.locale)}</Trans>}
          {!isOver && expiresAt !== null && (
            <>
              {' · '}
              <Trans>until {dayAndTime(expiresAt, i18n.locale)}</Trans>
            </>
          )}
          {!isOver && previousUntil !== null && (
            <>
              <br />
              <Trans>The key before it goes on until {dayAndTime(previousUntil, i18n.locale)}</Trans>
            </>
          )}
        </>
      }
      actions={
        mayChange &&
        !isOver && (
          <>
            <Button variant="default" size="xs" aria-label={t`Replace ${name}`} onClick={onRotate}>
              <Trans>Replace</Trans>
            </Button>
            <Button variant="default" size="xs" aria-label={t`Revoke ${name}`} onClick={onRevoke}>
              <Trans>Revoke</Trans>
            </Button>
          </>
        )
      }
    />
  );
}
