import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Menu, Textarea } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { Section } from '../controls.tsx';
import { maxTexts, newText, type TextKind, type TextLook, textKinds } from '../design.ts';
import { useTextNames } from '../names.ts';
import { type TextChanges, TextOptions } from './text-options.tsx';
import classes from './texts-panel.module.css';

/** As it is written, in any language. */
const field = '{{price}}';

interface Props {
  readonly texts: readonly TextLook[];
  /** Key of the one that is edited. */
  readonly selected: string | undefined;
  readonly onSelect: (key: string | undefined) => void;
  readonly onChange: (texts: readonly TextLook[], subject?: string) => void;
}

export function TextsPanel({ texts, selected, onSelect, onChange }: Props) {
  const { t } = useLingui();
  const names = useTextNames();
  const starts: Readonly<Record<TextKind, string>> = {
    price: t`$ 49.90`,
    oldPrice: t`$ 79.90`,
    discount: t`−38%`,
    text: t`Free delivery`,
  };
  const set = (key: string, changes: TextChanges): void => {
    const subject = `text.${key}.${Object.keys(changes)[0]}`;
    onChange(
      texts.map((text) => (text.key === key ? withoutUndefined({ ...text, ...changes }) : text)),
      subject,
    );
  };
  const add = (kind: TextKind): void => {
    const text = newText(kind, starts[kind]);
    onChange([...texts, text]);
    onSelect(text.key);
  };
  return (
    <>
      {texts.map((text) => {
        const isOpen = text.key === selected;
        return (
          <Section key={text.key}>
            <div className={classes.head}>
              <button
                type="button"
                className={classes.title}
                aria-expanded={isOpen}
                onClick={() => onSelect(isOpen ? undefined : text.key)}
              >
                <span className={classes.kind}>{names[text.kind]}</span>
                <span className={classes.words}>{text.text}</span>
              </button>
              <ActionIcon
                aria-label={t`Remove ${names[text.kind]}`}
                title={t`Remove`}
                onClick={() => onChange(texts.filter(({ key }) => key !== text.key))}
              >
                <IconTrash size={18} stroke={1.7} />
              </ActionIcon>
            </div>
            {isOpen && (
              <>
                <Textarea
                  label={t`Words`}
                  autosize
                  minRows={1}
                  maxRows={4}
                  maxLength={500}
                  value={text.text}
                  onChange={({ currentTarget }) => set(text.key, { text: currentTarget.value })}
                />
                <TextOptions text={text} onChange={(changes) => set(text.key, changes)} />
              </>
            )}
          </Section>
        );
      })}
      <Section>
        {texts.length === 0 && (
          <p className={classes.hint}>
            <Trans>
              Prices, discounts and other words on the picture. Marketplaces often forbid them on the first photo; the
              check below says so.
            </Trans>
          </p>
        )}
        {texts.length < maxTexts && (
          <Menu position="bottom-start" withinPortal={false}>
            <Menu.Target>
              <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />}>
                <Trans>Add a text</Trans>
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {textKinds.map((kind) => (
                <Menu.Item key={kind} onClick={() => add(kind)}>
                  {names[kind]}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        <p className={classes.hint}>
          <Trans>Write {field} where a table of prices is to fill something in for each product.</Trans>
        </p>
      </Section>
    </>
  );
}

/** What is set back to undefined follows the kind again: it must not be there at all. */
function withoutUndefined(text: object): TextLook {
  return Object.fromEntries(Object.entries(text).filter(([, value]) => value !== undefined)) as unknown as TextLook;
}
