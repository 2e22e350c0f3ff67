import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconChevronDown,
  IconDeviceFloppy,
  IconDownload,
  IconFilePlus,
  IconFolderOpen,
  IconTemplate,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useErrorText } from '../../ui/use-error-text.ts';
import { type Design, newDesign } from './design.ts';
import { editor } from './editor-store.ts';
import { OpenTemplateDialog } from './open-template-dialog.tsx';
import { SaveTemplateDialog } from './save-template-dialog.tsx';
import type { OpenTemplate } from './template-document.ts';
import { downloadTemplate, templateDocument } from './template-file.ts';
import classes from './template-menu.module.css';
import { asOpen, updateTemplate } from './templates.ts';

interface Props {
  readonly design: Design;
  readonly preset: string;
  readonly template: OpenTemplate | undefined;
  readonly onPreset: (preset: string) => void;
}

/** Designs that are kept: open one, save this one, take it along. */
export function TemplateMenu({ design, preset, template, onPreset }: Props) {
  const { t } = useLingui();
  const errorText = useErrorText();
  const [opening, open] = useDisclosure(false);
  const [saving, save] = useDisclosure(false);
  const update = useMutation({
    mutationFn: ({ id, name, newest, fields }: OpenTemplate) =>
      updateTemplate(id, newest, templateDocument(name, design, preset, fields)),
    onSuccess: (saved) => editor.setTemplate(asOpen(saved)),
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            loading={update.isPending}
            leftSection={<IconTemplate size={18} aria-hidden />}
            rightSection={<IconChevronDown size={16} aria-hidden />}
          >
            <span className={classes.name}>{template ? template.name : <Trans>Template</Trans>}</span>
            {template && <span className={classes.version}>v{template.version}</span>}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconFilePlus size={18} aria-hidden />}
            onClick={() => editor.open(newDesign, undefined)}
          >
            <Trans>Start anew</Trans>
          </Menu.Item>
          <Menu.Item leftSection={<IconFolderOpen size={18} aria-hidden />} onClick={open.open}>
            <Trans>Open a template</Trans>
          </Menu.Item>
          <Menu.Divider />
          {template && (
            <Menu.Item leftSection={<IconDeviceFloppy size={18} aria-hidden />} onClick={() => update.mutate(template)}>
              <Trans>Save as version {template.newest + 1}</Trans>
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconDeviceFloppy size={18} aria-hidden />} onClick={save.open}>
            <Trans>Save as a new template</Trans>
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDownload size={18} aria-hidden />}
            onClick={() => downloadTemplate(templateDocument(template?.name ?? t`template`, design, preset))}
          >
            <Trans>Download as a file</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {update.error && (
        <span className={classes.error} role="alert">
          {errorText(update.error)}
        </span>
      )}
      <OpenTemplateDialog opened={opening} onClose={open.close} onPreset={onPreset} />
      <SaveTemplateDialog opened={saving} onClose={save.close} design={design} preset={preset} />
    </>
  );
}
