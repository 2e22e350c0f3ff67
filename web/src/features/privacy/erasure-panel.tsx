import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { callErasureOff, type Privacy, type PrivacyOf, startErasure } from '../../api/privacy.ts';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { dayAndTime } from '../../ui/times.ts';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { privacyQuery } from './privacy-query.ts';

interface Props {
  readonly of: PrivacyOf;
  readonly privacy: Privacy;
  /** What is typed by whoever means it. */
  readonly confirm: string;
  readonly lead: ReactNode;
}

/** The end of everything, with some days to think better of it. */
export function ErasurePanel({ of, privacy, confirm, lead }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const refresh = () => queries.refetchQueries(privacyQuery);
  const start = useMutation({
    mutationFn: () => startErasure(of, typed.trim()),
    onSuccess: () => {
      setAsking(false);
      setTyped('');
      return refresh();
    },
  });
  const callOff = useMutation({ mutationFn: callErasureOff, onSettled: refresh });
  const planned = privacy.erasures.find(
    (one) => one.of === of && (one.status === 'pending' || one.status === 'running' || one.status === 'blocked'),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <Panel
      title={of === 'me' ? <Trans>Delete my account</Trans> : <Trans>Delete the workspace</Trans>}
      lead={lead}
      action={
        !planned && (
          <Button
            variant="default"
            color="red"
            onClick={() => {
              start.reset();
              setAsking(true);
            }}
          >
            <Trans>Delete…</Trans>
          </Button>
        )
      }
    >
      {planned && (
        <Notice
          kind="warning"
          action={
            planned.status !== 'running' && (
              <Button
                size="xs"
                variant="default"
                loading={callOff.isPending}
                onClick={() => callOff.mutate(planned.id)}
              >
                <Trans>Call it off</Trans>
              </Button>
            )
          }
        >
          {callOff.error ? (
            errorText(callOff.error)
          ) : planned.status === 'running' ? (
            <Trans>It is being deleted.</Trans>
          ) : planned.status === 'blocked' ? (
            <Trans>
              It waits: a workspace would have no owner. Make somebody else an owner, or delete the workspace.
            </Trans>
          ) : (
            <Trans>All of it is deleted on {dayAndTime(planned.dueAt, i18n.locale)}.</Trans>
          )}
        </Notice>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={of === 'me' ? <Trans>Delete my account?</Trans> : <Trans>Delete the workspace?</Trans>}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <form className={form.form} onSubmit={submit}>
          <p className={form.words}>
            {of === 'me' ? (
              <Trans>After some days nobody can bring it back. Make a copy first, if you want to keep anything.</Trans>
            ) : (
              <Trans>
                Every file, result, template and key of it, for all its members. After some days nobody can bring it
                back.
              </Trans>
            )}
          </p>
          {start.error && <Notice kind="error">{errorText(start.error)}</Notice>}
          <TextInput
            label={t`Type “${confirm}” to go on`}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <DialogActions
            color="red.9"
            loading={start.isPending}
            disabled={typed.trim() !== confirm}
            onCancel={() => setAsking(false)}
          >
            <Trans>Delete</Trans>
          </DialogActions>
        </form>
      </Modal>
    </Panel>
  );
}
