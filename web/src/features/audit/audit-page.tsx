import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, Menu, TextInput } from '@mantine/core';
import { IconDownload, IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AuditEntry, type AuditFilter, auditExportUrl, listAudit } from '../../api/audit.ts';
import type { Page as ItemPage } from '../../api/job.ts';
import { Empty } from '../../ui/empty.tsx';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Rows } from '../../ui/rows.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { EntryRow } from './entry-row.tsx';
import { VerifyButton } from './verify-button.tsx';

/** What was done here, by whom. */
export function AuditPage() {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const [filter, setFilter] = useState<AuditFilter>({});
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => listAudit(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: ItemPage<AuditEntry>) => page.nextCursor ?? undefined,
  });
  const entries = data?.pages.flatMap(({ items }) => items) ?? [];
  const search = ({ action, by, from, to }: Readonly<Record<string, string>>): void =>
    setFilter({ action: action?.trim(), by: by?.trim(), from: startOf(from), to: startOf(to, 1) });
  return (
    <Page
      title={<Trans>Record</Trans>}
      lead={<Trans>What was done in this workspace, by whom, and what it changed. Nobody can take anything out.</Trans>}
      actions={
        <>
          <VerifyButton />
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
                <Trans>Download</Trans>
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item component="a" href={auditExportUrl('csv', filter)} download="">
                <Trans>As a table (CSV)</Trans>
              </Menu.Item>
              <Menu.Item component="a" href={auditExportUrl('json', filter)} download="">
                <Trans>For programs (JSON)</Trans>
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      <search>
        <form className={form.fields} onSubmit={(event) => search(fieldsOf(event))}>
          <TextInput name="action" label={t`What`} placeholder="member.invited" spellCheck={false} />
          <TextInput name="by" label={t`By whom`} placeholder={t`id of a person or key`} spellCheck={false} />
          <TextInput name="from" type="date" label={t`From`} />
          <TextInput name="to" type="date" label={t`Until`} />
          <Button type="submit" variant="default">
            <Trans>Show</Trans>
          </Button>
        </form>
      </search>
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && entries.length === 0 && (
        <Empty icon={IconHistory}>
          <Trans>There is nothing like this on record.</Trans>
        </Empty>
      )}
      {entries.length > 0 && (
        <Rows label={t`Record`}>
          {entries.map((entry) => (
            <EntryRow key={entry.id} entry={entry} onBy={(by) => setFilter({ ...filter, by })} />
          ))}
        </Rows>
      )}
      {hasNextPage && (
        <div className={form.actions}>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
            <Trans>Show older ones</Trans>
          </Button>
        </div>
      )}
    </Page>
  );
}

/** The beginning of a day where the reader is, or of one some days after it. */
function startOf(date: string | undefined, daysLater = 0): string | undefined {
  if (!date) return undefined;
  const day = new Date(`${date}T00:00`);
  day.setDate(day.getDate() + daysLater);
  return day.toISOString();
}
