import type { Asset } from '../../api/asset.ts';

interface Props {
  readonly asset: Asset;
}

/** What other features offer to do with a photo: entries of its menu. */
export function FeatureItems(_props: Props) {
  return null;
}
