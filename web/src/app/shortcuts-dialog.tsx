import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Kbd, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKeyboard } from '@tabler/icons-react';
import { useActiveShortcuts, useShortcuts } from './shortcuts.ts';
import classes from './shortcuts-dialog.module.css';

/** What the keys do on the page behind it; `?` opens it. */
export function ShortcutsDialog() {
  const { t, i18n } = useLingui();
  const [opened, { open, close }] = useDisclosure(false);
  const shortcuts = useActiveShortcuts();
  useShortcuts([{ key: '?', label: msg`Show this help`, run: open }]);
  return (
    <>
      <ActionIcon
        className={classes.button}
        aria-label={t`Keyboard shortcuts`}
        title={t`Keyboard shortcuts`}
        onClick={open}
      >
        <IconKeyboard size={20} stroke={1.7} />
      </ActionIcon>
      <Modal
        opened={opened}
        onClose={close}
        title={<Trans>Keyboard shortcuts</Trans>}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <dl className={classes.list}>
          {shortcuts.map(({ key, label }) => (
            <div key={key} className={classes.row}>
              <dt>{i18n._(label)}</dt>
              <dd>
                <Keys of={key} />
              </dd>
            </div>
          ))}
          <div className={classes.row}>
            <dt>
              <Trans>Move the line between before and after</Trans>
            </dt>
            <dd>
              <Kbd>←</Kbd> <Kbd>→</Kbd>
            </dd>
          </div>
        </dl>
      </Modal>
    </>
  );
}

function Keys({ of }: { readonly of: string }) {
  const { t } = useLingui();
  const names = of.startsWith('mod+') ? of.split('+').map(nameOf) : [of === ' ' ? t`Space` : nameOf(of)];
  return names.map((name) => <Kbd key={name}>{name}</Kbd>);
}

const arrows: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

function nameOf(key: string): string {
  if (key === 'mod') return isMac() ? '⌘' : 'Ctrl';
  if (key === 'shift') return '⇧';
  if (Object.hasOwn(arrows, key)) return arrows[key] ?? key;
  return key.length === 1 ? key.toUpperCase() : key;
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
