import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withCatalog } from '../../app/language.ts';
import { rootRoute } from '../../app/root-route.tsx';

export interface MaskSearch {
  /** Asset of the photo. */
  readonly photo?: string;
  /** Asset of a mask that was painted before; without it, the model finds the subject. */
  readonly mask?: string;
  /** How closely the model looked for the result that is being corrected. */
  readonly quality?: string;
  /** The studio's item that gets the new result. */
  readonly item?: string;
}

export const maskEditorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/masks',
  validateSearch: ({ photo, mask, quality, item }: Record<string, unknown>): MaskSearch => ({
    ...(typeof photo === 'string' && { photo }),
    ...(typeof mask === 'string' && { mask }),
    ...(typeof quality === 'string' && { quality }),
    ...(typeof item === 'string' && { item }),
  }),
  component: lazyRouteComponent(() => withCatalog('pictures', import('./mask-editor-page.tsx')), 'MaskEditorPage'),
});
