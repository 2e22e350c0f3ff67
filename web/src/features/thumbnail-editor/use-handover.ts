import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import type { Asset } from '../../api/asset.ts';
import { request } from '../../api/client.ts';
import { editor } from './editor-store.ts';
import { asOpen, getTemplate, openTemplate } from './templates.ts';

const route = getRouteApi('/thumbnails');

/** Takes over what another page, or a shared address, asks for: a product with its painted mask, a template. */
export function useHandover(): void {
  const { product, mask, template } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const takeProduct = useEffectEvent(async (assetId: string) => {
    const asset = await queries.fetchQuery({
      queryKey: ['asset', assetId],
      queryFn: ({ signal }) => request<Asset>(`/v1/assets/${assetId}`, { signal }),
    });
    editor.addProducts([{ assetId, name: asset.name ?? assetId, ...(mask !== undefined && { maskId: mask }) }]);
    await navigate({ search: ({ product: _product, mask: _mask, ...others }) => others, replace: true });
  });
  const takeTemplate = useEffectEvent(async (id: string) => {
    if (editor.state().template?.id === id) return;
    const found = await getTemplate(id);
    const { design, preset } = openTemplate(found);
    editor.open(design, asOpen(found));
    await navigate({ search: (before) => ({ ...before, preset }), replace: true });
  });
  useEffect(() => {
    // What is gone from the server is not worth stopping for: the editor is whole without it.
    if (product !== undefined) takeProduct(product).catch(() => undefined);
  }, [product]);
  useEffect(() => {
    if (template !== undefined) takeTemplate(template).catch(() => undefined);
  }, [template]);
}
