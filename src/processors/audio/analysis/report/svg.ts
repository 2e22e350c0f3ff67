import type { Paint, Path, Picture, Shape } from './drawing.ts';
import { escapeHtml } from './escape-html.ts';

export const rasterId = 'spectrogram-image';

/**
 * A picture as inline SVG. Tones are classes, so that the page's sheet decides about light and dark; there are no style
 * attributes, which the page's policy forbids. The raster stands in the page once and is used here.
 */
export function toSvg({ width, height, shapes }: Picture, alternative: string, className: string): string {
  const content = shapes.map(shapeSvg).join('');
  return `<svg class="${className}" viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${escapeHtml(alternative)}">${content}</svg>`;
}

function shapeSvg(shape: Shape): string {
  switch (shape.kind) {
    case 'path':
      return pathSvg(shape);
    case 'rect': {
      const { x, y, width, height, radius = 0 } = shape;
      const rounded = radius > 0 ? ` rx="${radius}"` : '';
      return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${rounded}${paint('fill', shape.fill)}${opacity(shape.opacity)}/>`;
    }
    case 'text': {
      const anchor = shape.anchor === undefined ? '' : ` text-anchor="${shape.anchor}"`;
      const weight = shape.bold ? ' font-weight="600"' : '';
      return `<text x="${round(shape.x)}" y="${round(shape.y)}" font-size="${shape.size}"${anchor}${weight}${paint('fill', shape.fill)}>${escapeHtml(shape.text)}</text>`;
    }
    case 'raster':
      return `<use href="#${rasterId}" transform="translate(${round(shape.x)} ${round(shape.y)}) scale(${round(shape.width)} ${round(shape.height)})"/>`;
  }
}

function pathSvg({ points, closed, fill, stroke, strokeWidth, dashes, opacity: share }: Path): string {
  const d = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  const line =
    stroke === undefined ? '' : `${paint('stroke', stroke)} stroke-width="${strokeWidth ?? 1}" stroke-linejoin="round"`;
  const dashed = dashes === undefined ? '' : ` stroke-dasharray="${dashes.join(' ')}"`;
  const filled = fill === undefined ? ' fill="none"' : paint('fill', fill);
  return `<path d="${d}${closed ? 'Z' : ''}"${filled}${line}${dashed}${opacity(share)}/>`;
}

/** A class for a tone, an attribute for a colour of its own. One element may have a tone for each of both. */
function paint(property: 'fill' | 'stroke', value: Paint): string {
  return value.startsWith('#') ? ` ${property}="${value}"` : ` ${property}="var(--${value})"`;
}

function opacity(share: number | undefined): string {
  return share === undefined ? '' : ` opacity="${share}"`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
