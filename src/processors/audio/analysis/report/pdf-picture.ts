import { light } from './colours.ts';
import type { Paint, Path, Picture, Shape, Text } from './drawing.ts';

export type Pdf = PDFKit.PDFDocument;

/** Draws a picture with its left top corner at a place, as the page shows it in light colours. */
export function drawPicture(
  pdf: Pdf,
  { shapes }: Picture,
  at: { x: number; y: number; scale: number },
  raster: Buffer,
): void {
  pdf.save().translate(at.x, at.y).scale(at.scale);
  for (const shape of shapes) drawShape(pdf, shape, raster);
  pdf.restore();
}

function drawShape(pdf: Pdf, shape: Shape, raster: Buffer): void {
  switch (shape.kind) {
    case 'path':
      drawPath(pdf, shape);
      return;
    case 'rect': {
      const { x, y, width, height, radius = 0, fill, opacity = 1 } = shape;
      if (radius > 0) pdf.roundedRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
      else pdf.rect(x, y, width, height);
      pdf.fillOpacity(opacity).fill(colour(fill));
      return;
    }
    case 'text':
      drawText(pdf, shape);
      return;
    case 'raster':
      pdf.image(raster, shape.x, shape.y, { width: shape.width, height: shape.height });
  }
}

function drawPath(pdf: Pdf, { points, closed, fill, stroke, strokeWidth = 1, dashes, opacity = 1 }: Path): void {
  for (const [index, [x, y]] of points.entries()) index === 0 ? pdf.moveTo(x, y) : pdf.lineTo(x, y);
  if (closed) pdf.closePath();
  pdf.opacity(opacity).lineWidth(strokeWidth).lineJoin('round');
  if (dashes) pdf.dash(dashes[0], { space: dashes[1] });
  if (fill !== undefined && stroke !== undefined) pdf.fillAndStroke(colour(fill), colour(stroke));
  else if (fill !== undefined) pdf.fill(colour(fill));
  else if (stroke !== undefined) pdf.stroke(colour(stroke));
  if (dashes) pdf.undash();
}

function drawText(pdf: Pdf, { x, y, text, size, fill, anchor = 'start', bold }: Text): void {
  pdf.font(bold ? 'bold' : 'regular').fontSize(size);
  const width = anchor === 'start' ? 0 : pdf.widthOfString(text);
  const left = anchor === 'end' ? x - width : x - width / 2;
  pdf.fillOpacity(1).fillColor(colour(fill)).text(text, left, y, { lineBreak: false, baseline: 'alphabetic' });
}

function colour(paint: Paint): string {
  return paint.startsWith('#') ? paint : light[paint as keyof typeof light];
}
