import { msg } from '@lingui/core/macro';
import { IconPhotoStar } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withCatalog } from '../../app/language.ts';
import { rootRoute } from '../../app/root-route.tsx';

export interface ThumbnailSearch {
  /** The preset that is looked at; `none` is a size of one's own. */
  readonly preset?: string;
  /** Asset of a product to start with. */
  readonly product?: string;
  /** Asset of that product's painted mask. */
  readonly mask?: string;
  /** A saved template to start from. */
  readonly template?: string;
}

export const thumbnailEditorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/thumbnails',
  validateSearch: ({ preset, product, mask, template }: Record<string, unknown>): ThumbnailSearch => ({
    ...(typeof preset === 'string' && { preset }),
    ...(typeof product === 'string' && { product }),
    ...(typeof mask === 'string' && { mask }),
    ...(typeof template === 'string' && { template }),
  }),
  component: lazyRouteComponent(
    () => withCatalog('pictures', import('./thumbnail-editor-page.tsx')),
    'ThumbnailEditorPage',
  ),
  staticData: { navigation: { label: msg`Thumbnails`, icon: IconPhotoStar, order: 20, permission: 'jobs:write' } },
});
