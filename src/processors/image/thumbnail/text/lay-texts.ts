import { edgeShare } from '../compose/logo.ts';
import { anchored } from '../compose/placement.ts';
import { lay, type Raster } from '../compose/raster.ts';
import type { Anchor } from '../params/common.ts';
import type { TextParams } from '../params/text.ts';
import { measuringContext } from './fonts.ts';
import { layOut } from './layout.ts';
import { styleOf } from './style.ts';
import { blockOf, paddingOf, type TextBlock, textLayer } from './text-layer.ts';

/** Between two texts of one place, in shares of the canvas's shorter side. */
const gapShare = 0.012;

interface Written {
  readonly params: TextParams;
  readonly block: TextBlock;
}

/** Lays all texts over the raster. Those of one place stand below each other, in their order; offsets move one alone. */
export function layTexts(raster: Raster, texts: readonly TextParams[]): void {
  const { widthPx, heightPx } = raster;
  const shorterSide = Math.min(widthPx, heightPx);
  const edge = edgeShare * shorterSide;
  const room = { left: edge, top: edge, width: widthPx - 2 * edge, height: heightPx - 2 * edge };
  const context = measuringContext();
  const written = texts.map((params): Written => {
    const style = styleOf(params, shorterSide);
    const { face, sizePx } = style;
    const widest = Math.min(room.width, (params.maxWidthPercent / 100) * widthPx);
    const maxWidthPx = Math.max(1, widest - 2 * paddingOf(style, sizePx));
    return {
      params,
      block: blockOf(layOut(context, params.text, { face, sizePx, maxWidthPx, maxLines: params.maxLines }), style),
    };
  });

  const byPlace = Map.groupBy(written, ({ block }): Anchor => block.style.anchor);
  for (const [anchor, group] of byPlace) {
    const gap = gapShare * shorterSide;
    const heightOfAll = group.reduce((sum, { block }) => sum + block.heightPx, 0) + gap * (group.length - 1);
    let { top } = anchored(room, 0, heightOfAll, anchor);
    for (const { params, block } of group) {
      const { left } = anchored(room, block.widthPx, 0, anchor);
      const leftPx = left + (params.offsetXPercent / 100) * widthPx;
      lay(raster, textLayer(block, leftPx, top + (params.offsetYPercent / 100) * heightPx, params.rotateDegrees));
      top += block.heightPx + gap;
    }
  }
}
