import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, FileButton, Loader, Menu } from '@mantine/core';
import { IconBrush, IconPhotoPlus, IconPlus, IconSparkles, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Asset, assetContentUrl } from '../../api/asset.ts';
import { request } from '../../api/client.ts';
import type { Page } from '../../api/job.ts';
import { uploadAsset } from '../../api/upload-asset.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { fetchSample, samples } from '../cutout/samples.ts';
import { editor } from './editor-store.ts';
import { maxProducts, type Product } from './product-list.ts';
import classes from './product-strip.module.css';

interface Props {
  readonly products: readonly Product[];
  readonly shown: Product | undefined;
}

/** The products of which thumbnails are made; the one that is shown is marked. */
export function ProductStrip({ products, shown }: Props) {
  const { t } = useLingui();
  return (
    <div className={classes.strip}>
      <ul className={classes.list} aria-label={t`Products`}>
        {products.map((product) => (
          <li key={product.assetId} className={classes.item}>
            <button
              type="button"
              className={classes.product}
              aria-pressed={product.assetId === shown?.assetId}
              aria-label={product.name}
              title={product.name}
              onClick={() => editor.show(product.assetId)}
            >
              <img src={assetContentUrl(product.assetId)} alt="" loading="lazy" />
            </button>
            {product.assetId === shown?.assetId && (
              <ActionIcon
                className={classes.remove}
                size={24}
                variant="filled"
                color="dark"
                radius="xl"
                aria-label={t`Remove ${product.name}`}
                title={t`Remove`}
                onClick={() => editor.removeProduct(product.assetId)}
              >
                <IconX size={14} stroke={2.2} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      <AddProducts compact />
      {shown && (
        <Link
          className={classes.correct}
          to="/masks"
          search={{ photo: shown.assetId, ...(shown.maskId !== undefined && { mask: shown.maskId }) }}
        >
          <IconBrush size={18} stroke={1.7} aria-hidden />
          <span>
            <Trans>Correct the cut-out</Trans>
          </span>
        </Link>
      )}
    </div>
  );
}

/** Photos from this device, those the server has, or the project's own samples. */
export function AddProducts({ compact = false }: { readonly compact?: boolean }) {
  const { t } = useLingui();
  const errorText = useErrorText();
  const [opened, setOpened] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (files: readonly File[]) => {
      // One after the other: the first is shown while the others are sent.
      for (const [at, file] of files.slice(0, maxProducts).entries()) {
        const { id } = await uploadAsset(file, file.name);
        editor.addProducts([{ assetId: id, name: file.name }], at === 0);
      }
    },
  });
  const addSamples = async (): Promise<void> => mutate(await Promise.all(samples.map(fetchSample)));
  return (
    <>
      <FileButton multiple accept="image/*,.heic,.heif" inputProps={{ 'aria-label': t`Photos` }} onChange={mutate}>
        {({ onClick }) => (
          <Menu position="top-start" opened={opened} onChange={setOpened}>
            <Menu.Target>
              {compact ? (
                <button type="button" className={classes.add} aria-label={t`Add products`} title={t`Add products`}>
                  {isPending ? <Loader size={20} /> : <IconPlus size={22} stroke={1.7} aria-hidden />}
                </button>
              ) : (
                <Button size="md" loading={isPending} leftSection={<IconPhotoPlus size={20} aria-hidden />}>
                  <Trans>Add products</Trans>
                </Button>
              )}
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPhotoPlus size={18} aria-hidden />} onClick={onClick}>
                <Trans>Photos from this device</Trans>
              </Menu.Item>
              <Menu.Item leftSection={<IconSparkles size={18} aria-hidden />} onClick={() => void addSamples()}>
                <Trans>Sample products</Trans>
              </Menu.Item>
              {opened && <RecentItems />}
            </Menu.Dropdown>
          </Menu>
        )}
      </FileButton>
      {error && (
        <span className={classes.error} role="alert">
          {errorText(error)}
        </span>
      )}
    </>
  );
}

const recentCount = 6;

/** What was sent to the server last, on this page or another. */
function RecentItems() {
  const { i18n } = useLingui();
  const { data = [] } = useQuery({
    queryKey: ['assets', 'recent'],
    queryFn: async ({ signal }) => (await request<Page<Asset>>('/v1/assets?limit=40', { signal })).items,
  });
  const photos = data.filter(({ mediaType, name }) => mediaType.startsWith('image/') && !name?.endsWith('.mask.png'));
  if (photos.length === 0) return null;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>
        <Trans>Sent last</Trans>
      </Menu.Label>
      {photos.slice(0, recentCount).map(({ id, name }) => (
        <Menu.Item
          key={id}
          leftSection={<img className={classes.recent} src={assetContentUrl(id)} alt="" loading="lazy" />}
          onClick={() => editor.addProducts([{ assetId: id, name: name ?? i18n._(unnamed) }])}
        >
          <span className={classes.recentName}>{name ?? i18n._(unnamed)}</span>
        </Menu.Item>
      ))}
    </>
  );
}

const unnamed = msg`Photo`;
