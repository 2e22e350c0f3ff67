import { useLingui } from '@lingui/react/macro';
import { IconBadgeTm, IconBoxAlignBottom, IconFile, IconLetterCase, IconPhoto, IconShadow } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import type { Preset } from './catalogue.ts';
import type { Design } from './design.ts';
import { editor } from './editor-store.ts';
import classes from './inspector.module.css';
import { BackgroundPanel } from './panels/background-panel.tsx';
import { FilePanel } from './panels/file-panel.tsx';
import { LogoPanel } from './panels/logo-panel.tsx';
import { ProductPanel } from './panels/product-panel.tsx';
import { ShadowPanel } from './panels/shadow-panel.tsx';
import { TextsPanel } from './panels/texts-panel.tsx';

export const inspectorTabs = ['background', 'product', 'shadow', 'texts', 'logo', 'file'] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

interface Props {
  readonly design: Design;
  readonly preset: Preset | undefined;
  readonly tab: InspectorTab;
  readonly onTab: (tab: InspectorTab) => void;
  readonly selectedText: string | undefined;
  readonly onSelectText: (key: string | undefined) => void;
}

/** Everything that can be set, a subject at a time. */
export function Inspector(props: Props) {
  const { t } = useLingui();
  const { tab, onTab } = props;
  const names = {
    background: [t`Background`, IconPhoto],
    product: [t`Product`, IconBoxAlignBottom],
    shadow: [t`Shadow`, IconShadow],
    texts: [t`Texts`, IconLetterCase],
    logo: [t`Logo`, IconBadgeTm],
    file: [t`File`, IconFile],
  } as const;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = (inspectorTabs.indexOf(tab) + step + inspectorTabs.length) % inspectorTabs.length;
    onTab(inspectorTabs[at] ?? tab);
    event.currentTarget.querySelectorAll('button')[at]?.focus();
  };
  return (
    <div className={classes.inspector}>
      <div className={classes.tabs} role="tablist" aria-label={t`Settings`} onKeyDown={onKeyDown}>
        {inspectorTabs.map((each) => {
          const [name, Icon] = names[each];
          return (
            <button
              key={each}
              type="button"
              role="tab"
              id={`tab-${each}`}
              aria-controls="tab-panel"
              aria-selected={each === tab}
              tabIndex={each === tab ? 0 : -1}
              className={classes.tab}
              onClick={() => onTab(each)}
            >
              <Icon size={20} stroke={1.7} aria-hidden />
              {name}
            </button>
          );
        })}
      </div>
      <div className={classes.panel} role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}>
        <Panel {...props} />
      </div>
    </div>
  );
}

const plainMarginPercent = 6;

function Panel({ design, preset, tab, selectedText, onSelectText }: Props) {
  const { background, product, texts, logo, output, canvas } = design;
  switch (tab) {
    case 'background':
      return (
        <BackgroundPanel
          background={background}
          onChange={(changes, subject) => editor.change({ background: changes }, subject)}
        />
      );
    case 'product':
      return (
        <ProductPanel
          look={product}
          marginPercent={preset?.marginPercent ?? plainMarginPercent}
          onChange={(changes, subject) => editor.change({ product: changes }, subject)}
        />
      );
    case 'shadow':
      return (
        <ShadowPanel
          shadow={product.shadow}
          onChange={(shadow, subject) => editor.change({ product: { ...product, shadow } }, subject)}
        />
      );
    case 'texts':
      return (
        <TextsPanel
          texts={texts}
          selected={selectedText}
          onSelect={onSelectText}
          onChange={(changes, subject) => editor.change({ texts: changes }, subject)}
        />
      );
    case 'logo':
      return <LogoPanel logo={logo} onChange={(changes, subject) => editor.change({ logo: changes }, subject)} />;
    default:
      return (
        <FilePanel
          output={output}
          canvas={canvas}
          preset={preset}
          onChange={(changes, subject) => editor.change(changes, subject)}
        />
      );
  }
}
