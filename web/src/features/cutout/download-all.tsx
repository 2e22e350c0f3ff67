import { msg } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconDownload, IconFileZip } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { createBatch, getBatch } from '../../api/batch.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { saveOutput, saveUrl } from '../../ui/save-output.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { jobFor, type Look } from './background.ts';
import classes from './download-all.module.css';
import type { ItemView, StudioItem } from './studio-item.ts';

interface Props {
  readonly views: readonly { readonly item: StudioItem; readonly view: ItemView }[];
  readonly look: Look;
}

const lookAgainMs = 250;
const patienceMs = 60_000;

/** Everything that is ready: one picture as it is, several as a ZIP. */
export function DownloadAll({ views, look }: Props) {
  const errorText = useErrorText();
  const ready = views.filter(({ view }) => view.phase === 'done');
  const save = useMutation({
    mutationFn: async () => {
      const [only] = ready;
      const output = only?.view.shown?.outputs[0];
      if (views.length === 1 && only && output) return saveOutput(output, only.item.name);
      saveUrl(await archiveOf(ready, look));
    },
  });
  const download = (): void => {
    if (ready.length > 0 && !save.isPending) save.mutate();
  };
  useShortcuts([{ key: 'd', label: msg`Download all`, run: download }]);
  const Icon = views.length > 1 ? IconFileZip : IconDownload;
  return (
    <div className={classes.download}>
      <Button
        leftSection={<Icon size={18} aria-hidden />}
        disabled={ready.length === 0}
        loading={save.isPending}
        onClick={download}
      >
        {views.length > 1 ? <Trans>Download ZIP</Trans> : <Trans>Download</Trans>}
      </Button>
      {save.error && (
        <p className={classes.failure} role="alert">
          {errorText(save.error)}
        </p>
      )}
    </div>
  );
}

/** Asks for the same work once more as a batch: its results are known, so its archive is there at once. */
async function archiveOf(ready: Props['views'], look: Look): Promise<string> {
  const inputs = ready.flatMap(({ item: { name, upload, maskId } }) => {
    if (upload.state !== 'done') return [];
    const { inputs, params } = jobFor(upload.asset, look, maskId);
    return [{ inputs, params, name }];
  });
  const { processor } = jobFor({ id: '', sha256: '', mediaType: '', sizeBytes: 0, name: null }, look);
  let batch = await createBatch({ processor, inputs });
  const deadline = Date.now() + patienceMs;
  while (batch.status === 'running' && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    batch = await getBatch(batch.id);
  }
  return batch.archiveUrl;
}
