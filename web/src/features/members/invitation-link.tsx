import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { CopyButton } from '../../ui/copy-button.tsx';
import form from '../../ui/form.module.css';

interface Props {
  readonly email: string;
  readonly url: string;
  readonly onDone: () => void;
}

/** The link of an invitation, right after it was made. */
export function InvitationLink({ email, url, onDone }: Props) {
  return (
    <div className={form.form}>
      <p className={form.words}>
        <Trans>A mail with this link goes to {email}. You can also hand it over yourself; it is not shown again.</Trans>
      </p>
      <code className={form.secret}>{url}</code>
      <div className={form.actions}>
        <CopyButton text={url}>
          <Trans>Copy the link</Trans>
        </CopyButton>
        <Button variant="default" onClick={onDone}>
          <Trans>All right</Trans>
        </Button>
      </div>
    </div>
  );
}
