import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCode, IconTerminal2 } from '@tabler/icons-react';
import { jobCurl, quote } from '../../api/curl.ts';
import { CopyCurlItem } from '../../ui/copy-curl.tsx';
import type { Design } from './design.ts';
import type { Product } from './product-list.ts';
import { ownSize, thumbnailRequest } from './request.ts';
import type { OpenTemplate } from './template-document.ts';
import { templateFileName } from './template-file.ts';

interface Props {
  readonly design: Design;
  readonly product: Product;
  readonly preset: string;
  readonly template: OpenTemplate | undefined;
}

/** The same picture without the studio. */
export function CopyMenu({ design, product, preset, template }: Props) {
  const { t } = useLingui();
  const { copy, copied } = useClipboard();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t`For developers`}>
          <ActionIcon aria-label={t`For developers`}>
            <IconCode size={20} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <CopyCurlItem curl={jobCurl(location.origin, thumbnailRequest(design, product, preset))} />
        <Menu.Item
          closeMenuOnClick={false}
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconTerminal2 size={16} aria-hidden />}
          onClick={() => copy(cliLine(preset, template))}
        >
          <span aria-live="polite">{copied ? <Trans>Copied</Trans> : <Trans>Copy as command line</Trans>}</span>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The design goes to the command line as a file: the template menu saves it. */
function cliLine(preset: string, template: OpenTemplate | undefined): string {
  return [
    'npx esteira thumbnails --products produtos --out thumbnails-prontas',
    ...(preset === ownSize ? [] : [`--preset ${preset}`]),
    ...(template ? [`--template ${quote(templateFileName(template.name))}`] : []),
  ].join(' ');
}
