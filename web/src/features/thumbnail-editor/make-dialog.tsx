import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useState } from 'react';
import { createBatch } from '../../api/batch.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { batchOf, maxBatchItems } from './batch-items.ts';
import { inLanguage, type Preset } from './catalogue.ts';
import type { Design } from './design.ts';
import { fieldsIn } from './fields.ts';
import classes from './make-dialog.module.css';
import type { PriceTable } from './price-row.ts';
import { PriceTableField } from './price-table-field.tsx';
import type { Product } from './product-list.ts';
import { ownSize } from './request.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly design: Design;
  readonly products: readonly Product[];
  readonly presets: readonly Preset[];
  /** The one that is looked at: chosen at first. */
  readonly preset: string;
}

/** All products for several channels at once, as a batch; with a table, each with its own prices. */
export function MakeDialog({ opened, onClose, design, products, presets, preset }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<readonly string[]>([preset]);
  const [table, setTable] = useState<PriceTable>();
  const fields = fieldsIn(design.texts);
  const start = useEffectEvent(() => setChosen([preset]));
  useEffect(() => {
    if (opened) start();
  }, [opened]);

  const lines = table?.rows ?? products.map((product) => ({ product, values: {} }));
  const count = lines.length * chosen.length;
  const lacksTable = fields.length > 0 && table === undefined;
  const make = useMutation({
    mutationFn: () => createBatch(batchOf(design, lines, chosen)),
    onSuccess: ({ id }) => {
      onClose();
      return navigate({ to: '/batches/$batchId', params: { batchId: id } });
    },
  });
  const options = [
    ...presets.map(({ id, title }) => ({ id, label: inLanguage(title, i18n.locale) })),
    { id: ownSize, label: t`Own size` },
  ];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={<Trans>Make thumbnails</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <div className={classes.form}>
        <Checkbox.Group
          label={t`For these channels`}
          value={[...chosen]}
          onChange={(next) => setChosen(options.map(({ id }) => id).filter((id) => next.includes(id)))}
        >
          <div className={classes.channels}>
            {options.map(({ id, label }) => (
              <Checkbox key={id} value={id} label={label} />
            ))}
          </div>
        </Checkbox.Group>
        <PriceTableField fields={fields} products={products} table={table} onTable={setTable} />
        {make.error && (
          <p className={classes.error} role="alert">
            {errorText(make.error)}
          </p>
        )}
        {count > maxBatchItems && (
          <p className={classes.error} role="alert">
            <Trans>These are more than {maxBatchItems} pictures. Choose fewer channels or products.</Trans>
          </p>
        )}
        <div className={classes.actions}>
          <span className={classes.sum}>
            <Plural value={lines.length} one="# product" other="# products" />
            {' × '}
            <Plural value={chosen.length} one="# channel" other="# channels" />
          </span>
          <Button
            loading={make.isPending}
            disabled={count === 0 || count > maxBatchItems || lacksTable}
            onClick={() => make.mutate()}
          >
            <Plural value={count} one="Make # picture" other="Make # pictures" />
          </Button>
        </div>
      </div>
    </Modal>
  );
}
