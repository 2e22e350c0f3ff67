import { Trans } from '@lingui/react/macro';
import { Menu, type MenuItemProps } from '@mantine/core';
import { IconBrush, IconPhotoStar } from '@tabler/icons-react';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes } from 'react';
import type { Asset } from '../../api/asset.ts';
import type { Quality } from './background.ts';
import type { StudioItem } from './studio-item.ts';

interface Props {
  readonly item: StudioItem;
  readonly asset: Asset;
  readonly quality: Quality;
}

type LinkItemProps = MenuItemProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof MenuItemProps>;

const LinkItem = createLink((props: LinkItemProps) => <Menu.Item component="a" {...props} />);

/** What other pages do with a photo: entries of its menu. */
export function FeatureItems({ item, asset, quality }: Props) {
  const mask = item.maskId === undefined ? {} : { mask: item.maskId };
  return (
    <>
      <LinkItem
        leftSection={<IconBrush size={16} aria-hidden />}
        to="/masks"
        search={{ photo: asset.id, item: item.id, quality, ...mask }}
      >
        <Trans>Correct the cut-out</Trans>
      </LinkItem>
      <LinkItem
        leftSection={<IconPhotoStar size={16} aria-hidden />}
        to="/thumbnails"
        search={{ product: asset.id, ...mask }}
      >
        <Trans>Make thumbnails</Trans>
      </LinkItem>
    </>
  );
}
