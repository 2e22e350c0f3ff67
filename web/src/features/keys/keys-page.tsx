import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiKey, listApiKeys, type MadeApiKey, revokeApiKey } from '../../api/api-keys.ts';
import { may, meQuery } from '../../api/me.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Rows } from '../../ui/rows.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { KeyRow } from './key-row.tsx';
import { RotateDialog } from './rotate-dialog.tsx';

/** What programs sign in with. */
export function KeysPage() {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const queryKey = ['api-keys'];
  const { data: me } = useQuery(meQuery);
  const { data, error, isPending } = useQuery({ queryKey, queryFn: ({ signal }) => listApiKeys(signal) });
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<MadeApiKey>();
  const [rotating, setRotating] = useState<ApiKey>();
  const [revoking, setRevoking] = useState<ApiKey>();
  const mayChange = may(me, 'keys:write');
  const refresh = () => queries.invalidateQueries({ queryKey });
  const revoke = useMutation({
    mutationFn: revokeApiKey,
    onSuccess: () => {
      setRevoking(undefined);
      return refresh();
    },
  });
  const show = (key: MadeApiKey): void => {
    setCreating(false);
    setRotating(undefined);
    setMade(key);
    void refresh();
  };
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      <Trans>Make a key</Trans>
    </Button>
  );
  const keys = data?.items ?? [];
  return (
    <Page
      title={<Trans>API keys</Trans>}
      lead={<Trans>Programs use Esteira with a key. It can do what you allow it, and only in this workspace.</Trans>}
      actions={keys.length > 0 && add}
    >
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && keys.length === 0 && (
        <Empty icon={IconKey} action={add}>
          <Trans>There is no key yet. Make one for each program, so that each can be stopped by itself.</Trans>
        </Empty>
      )}
      {keys.length > 0 && (
        <Rows label={t`API keys`}>
          {keys.map((key) => (
            <KeyRow
              key={key.id}
              apiKey={key}
              mayChange={mayChange}
              onRotate={() => setRotating(key)}
              onRevoke={() => {
                revoke.reset();
                setRevoking(key);
              }}
            />
          ))}
        </Rows>
      )}
      {creating && <CreateKeyDialog onClose={() => setCreating(false)} onMade={show} />}
      {rotating && <RotateDialog apiKey={rotating} onClose={() => setRotating(undefined)} onMade={show} />}
      <KeyDialog made={made} onClose={() => setMade(undefined)} />
      <ConfirmDialog
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={<Trans>Revoke {revoking?.name ?? ''}?</Trans>}
        confirm={<Trans>Revoke</Trans>}
        loading={revoke.isPending}
        error={revoke.error ? errorText(revoke.error) : undefined}
        onConfirm={() => revoking && revoke.mutate(revoking.id)}
      >
        <Trans>Programs that use this key are refused from the next second on. It cannot be brought back.</Trans>
      </ConfirmDialog>
    </Page>
  );
}
