import { useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { complianceOf, inLanguage, type Preset } from './catalogue.ts';
import { ComplianceLine } from './compliance-line.tsx';
import type { Design } from './design.ts';
import { editor } from './editor-store.ts';
import { Inspector, type InspectorTab } from './inspector.tsx';
import { PresetTabs } from './preset-tabs.tsx';
import { PreviewCanvas } from './preview-canvas.tsx';
import type { Product } from './product-list.ts';
import { ProductStrip } from './product-strip.tsx';
import { ownSize, thumbnailRequest } from './request.ts';
import { useGhost } from './use-ghost.ts';
import { usePreview } from './use-preview.ts';
import classes from './workbench.module.css';

interface Props {
  readonly design: Design;
  readonly products: readonly Product[];
  readonly product: Product;
  readonly presets: readonly Preset[];
  readonly preset: string;
  readonly onPreset: (preset: string) => void;
}

const plainMarginPercent = 6;

/** The picture in the middle, what it is for above, its products below, its settings beside it. */
export function Workbench({ design, products, product, presets, preset: presetId, onPreset }: Props) {
  const { t, i18n } = useLingui();
  const [tab, setTab] = useState<InspectorTab>('background');
  const [selectedText, selectText] = useState<string>();
  const preset = presets.find(({ id }) => id === presetId);
  const canvas = preset ?? design.canvas;
  const preview = usePreview(thumbnailRequest(design, product, presetId));
  const ghost = useGhost(product, design.product.cutout);
  const compliance = complianceOf(preview.output?.data);
  const text = tab === 'texts' ? design.texts.find(({ key }) => key === selectedText) : undefined;
  const logo = tab === 'logo' && !design.logo?.tile ? design.logo : undefined;
  const channel = preset ? inLanguage(preset.title, i18n.locale) : t`own size`;

  const move = ({ xPercent, yPercent }: { xPercent: number; yPercent: number }): void => {
    const moved = <T extends { offsetXPercent: number; offsetYPercent: number }>(each: T): T => ({
      ...each,
      offsetXPercent: inRange(each.offsetXPercent + xPercent),
      offsetYPercent: inRange(each.offsetYPercent + yPercent),
    });
    if (text) {
      const texts = design.texts.map((each) => (each.key === text.key ? moved(each) : each));
      editor.change({ texts }, `text.${text.key}.moved`);
    } else if (logo) {
      editor.change({ logo: moved(logo) }, 'logo.moved');
    } else {
      editor.change({ product: moved(design.product) }, 'product.moved');
    }
  };

  return (
    <div className={classes.bench}>
      <div className={classes.presets}>
        <PresetTabs
          presets={presets}
          value={presetId}
          canvas={design.canvas}
          onChange={(id) => {
            onPreset(id);
            if (id === ownSize) setTab('file');
          }}
        />
      </div>
      <div className={classes.stage}>
        <PreviewCanvas
          preview={preview}
          canvas={canvas}
          description={t`${product.name} for ${channel}`}
          ghost={ghost}
          look={design.product}
          marginPercent={preset?.marginPercent ?? plainMarginPercent}
          transparent={design.background.kind === 'transparent'}
          moves={text ? t`the text` : logo ? t`the logo` : t`the product`}
          movesProduct={!text && !logo}
          onMove={move}
        />
      </div>
      <div className={classes.below}>
        {compliance && preset && compliance.preset === preset.id && (
          <ComplianceLine compliance={compliance} preset={preset} stale={!preview.isCurrent} />
        )}
        <ProductStrip products={products} shown={product} />
      </div>
      <div className={classes.inspector}>
        <Inspector
          design={design}
          preset={preset}
          tab={tab}
          onTab={setTab}
          selectedText={selectedText}
          onSelectText={selectText}
        />
      </div>
    </div>
  );
}

/** The server's range, to a hundredth. */
function inRange(percent: number): number {
  return Math.round(Math.min(Math.max(percent, -200), 200) * 100) / 100;
}
