import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Loader, Menu, Modal } from '@mantine/core';
import { IconHistory, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useErrorText } from '../../ui/use-error-text.ts';
import { editor } from './editor-store.ts';
import classes from './template-menu.module.css';
import { asOpen, deleteTemplate, listTemplates, listVersions, openTemplate, type Template } from './templates.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onPreset: (preset: string) => void;
}

export function OpenTemplateDialog({ opened, onClose, onPreset }: Props) {
  const { t } = useLingui();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const { data, error, isPending } = useQuery({
    queryKey: ['templates'],
    queryFn: ({ signal }) => listTemplates(signal),
    enabled: opened,
  });
  const remove = useMutation({
    mutationFn: deleteTemplate,
    onSuccess: (_nothing, id) => {
      if (editor.state().template?.id === id) editor.setTemplate(undefined);
      return queries.invalidateQueries({ queryKey: ['templates'] });
    },
  });
  const take = (template: Template, newest = template.version): void => {
    const { design, preset } = openTemplate(template);
    editor.open(design, asOpen(template, newest));
    onPreset(preset);
    onClose();
  };
  const failure = error ?? remove.error;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Trans>Open a template</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {failure && (
        <p className={classes.error} role="alert">
          {errorText(failure)}
        </p>
      )}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data?.length === 0 && (
        <p className={classes.hint}>
          <Trans>None yet. Save the design that you see as one, and find it here the next time.</Trans>
        </p>
      )}
      <ul className={classes.list}>
        {data?.map((template) => (
          <li key={template.id} className={classes.row}>
            <button type="button" className={classes.open} onClick={() => take(template)}>
              {template.name}
              <Changed template={template} />
            </button>
            {template.version > 1 && <Versions template={template} onTake={take} />}
            <ActionIcon
              aria-label={t`Delete ${template.name}`}
              title={t`Delete`}
              onClick={() => {
                if (confirm(t`Delete the template ${template.name} with all its versions?`)) remove.mutate(template.id);
              }}
            >
              <IconTrash size={18} stroke={1.7} />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </Modal>
  );
}

function Changed({ template: { version, updatedAt } }: { readonly template: Template }) {
  const { i18n } = useLingui();
  const when = i18n.date(updatedAt, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <span>
      <Trans>
        Version {version}, {when}
      </Trans>
    </span>
  );
}

interface VersionsProps {
  readonly template: Template;
  readonly onTake: (template: Template, newest: number) => void;
}

/** Every version is still there; one that is opened and saved becomes the newest. */
function Versions({ template: { id, name, version: newest }, onTake }: VersionsProps) {
  const { t } = useLingui();
  const [opened, setOpened] = useState(false);
  const { data = [] } = useQuery({
    queryKey: ['templates', id, 'versions'],
    queryFn: ({ signal }) => listVersions(id, signal),
    enabled: opened,
  });
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t`Earlier versions of ${name}`} title={t`Earlier versions`}>
          <IconHistory size={18} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {data.map((version) => (
          <Menu.Item key={version.version} onClick={() => onTake({ ...version, id }, newest)}>
            <Changed template={version} />
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
