import { useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconDownload, IconDownloadOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { saveOutput } from './save-output.ts';

interface Props {
  readonly output: { readonly url: string; readonly mediaType: string };
  readonly name: string;
}

/** Saves one result; the icon says when that did not work. */
export function SaveButton({ output, name }: Props) {
  const { t } = useLingui();
  const { mutate, isPending, isError } = useMutation({ mutationFn: () => saveOutput(output, name) });
  return (
    <ActionIcon
      loading={isPending}
      aria-label={isError ? t`Download ${name} again: it did not work` : t`Download ${name}`}
      title={t`Download`}
      onClick={() => mutate()}
    >
      {isError ? <IconDownloadOff size={20} stroke={1.7} /> : <IconDownload size={20} stroke={1.7} />}
    </ActionIcon>
  );
}
