import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBraces, IconFileTypeHtml, IconFileTypePdf, IconReportAnalytics, IconShare } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState } from 'react';
import { jobCurl } from '../../api/curl.ts';
import { useMay } from '../../api/use-may.ts';
import { CopyCurlItem } from '../../ui/copy-curl.tsx';
import { saveOutput } from '../../ui/save-output.ts';
import type { OpenTrack } from './open-track.ts';
import { makeReport, type ReportKind, withoutEnding } from './report.ts';

/** Fetched when somebody shares. */
const ShareDialog = lazy(async () => ({ default: (await import('./share-dialog.tsx')).ShareDialog }));

interface Props {
  readonly track: OpenTrack;
  readonly onError: (error: Error | undefined) => void;
}

/** The report to keep or to send, and the same without the studio. */
export function ReportMenu({ track, onError }: Props) {
  const { t, i18n } = useLingui();
  const mayShare = useMay()('shares:write');
  const button = useRef<HTMLButtonElement>(null);
  const [shared, setShared] = useState(false);
  const [sharing, { open, close }] = useDisclosure(false, {
    onOpen: () => setShared(true),
    // The entry of the menu that had the focus before is gone.
    onClose: () => requestAnimationFrame(() => button.current?.focus()),
  });
  const save = useMutation({
    mutationFn: async (kind: ReportKind) => {
      const { output } = await makeReport(track, kind, i18n.locale);
      const title = withoutEnding(track.name);
      await saveOutput(output, t`${title}, report.${kind}`);
    },
    onMutate: () => onError(undefined),
    onError,
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            ref={button}
            variant="default"
            leftSection={<IconReportAnalytics size={18} aria-hidden />}
            loading={save.isPending}
          >
            <Trans>Report</Trans>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileTypePdf size={16} aria-hidden />} onClick={() => save.mutate('pdf')}>
            <Trans>Save as PDF</Trans>
          </Menu.Item>
          <Menu.Item leftSection={<IconFileTypeHtml size={16} aria-hidden />} onClick={() => save.mutate('html')}>
            <Trans>Save as a web page</Trans>
          </Menu.Item>
          {mayShare && (
            <Menu.Item leftSection={<IconShare size={16} aria-hidden />} onClick={open}>
              <Trans>Share by a link</Trans>
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item
            component="a"
            href={track.job.outputs[0]?.url ?? ''}
            target="_blank"
            rel="noopener"
            leftSection={<IconBraces size={16} aria-hidden />}
          >
            <Trans>All numbers as JSON</Trans>
          </Menu.Item>
          <CopyCurlItem curl={jobCurl(location.origin, track.job)} />
        </Menu.Dropdown>
      </Menu>
      {shared && (
        <Suspense fallback={null}>
          <ShareDialog track={track} opened={sharing} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
