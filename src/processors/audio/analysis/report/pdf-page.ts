import { light } from './colours.ts';
import type { Pdf } from './pdf-picture.ts';
import type { Table } from './tables.ts';

/** A4 in points. */
const page = { width: 595.28, height: 841.89, margin: 48, bottom: 56 } as const;
export const contentWidth = page.width - 2 * page.margin;

export interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
  readonly colour?: keyof typeof light;
  readonly x?: number;
  readonly width?: number;
  readonly align?: 'left' | 'right';
  readonly lineGap?: number;
}

/** A cursor that runs down the pages: what does not fit goes to the next one, whole. */
export interface PdfPage {
  readonly left: number;
  y: number;
  /** Begins a new page unless so much is left on this one. */
  ensure(height: number): void;
  /** @returns the height that a text takes */
  height(text: string, style: TextStyle): number;
  /** Writes at the cursor without moving it, as part of the document's structure. */
  write(tag: string, text: string, y: number, style: TextStyle): void;
  /** Draws what is one thing for a reader, with words in its place. */
  figure(alternative: string, draw: () => void): void;
  /** Lines and areas that mean nothing by themselves. */
  decorate(draw: () => void): void;
  /** Writes and moves on. */
  paragraph(tag: string, text: string, style: TextStyle): void;
  table(table: Table): void;
  /** Numbers the pages and closes the structure; the last thing. */
  finish(name: (page: number, pages: number) => string): void;
}

const rowHeight = 17;

export function createPdfPage(pdf: Pdf): PdfPage {
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  const font = ({ size, bold }: Pick<TextStyle, 'size' | 'bold'>) => pdf.font(bold ? 'bold' : 'regular').fontSize(size);
  const cursor: PdfPage = {
    left: page.margin,
    y: page.margin,
    ensure(height) {
      if (cursor.y + height <= page.height - page.bottom) return;
      pdf.addPage();
      cursor.y = page.margin;
    },
    height(text, { width = contentWidth, lineGap = 2, ...style }) {
      return font(style).heightOfString(text, { width, lineGap });
    },
    write(
      tag,
      text,
      y,
      { colour = 'ink', x = page.margin, width = contentWidth, align = 'left', lineGap = 2, ...style },
    ) {
      if (text === '') return;
      root.add(
        pdf.struct(tag, {}, () => {
          font(style).fillColor(light[colour]).text(text, x, y, { width, align, lineGap });
        }),
      );
    },
    figure(alternative, draw) {
      root.add(pdf.struct('Figure', { alt: alternative }, draw));
    },
    decorate(draw) {
      pdf.markContent('Artifact', { type: 'Layout' });
      draw();
      pdf.endMarkedContent();
    },
    paragraph(tag, text, style) {
      const height = cursor.height(text, style);
      cursor.ensure(height);
      cursor.write(tag, text, cursor.y, style);
      cursor.y += height;
    },
    table: (table) => drawTable(pdf, cursor, table),
    finish(name) {
      root.end();
      const { start, count } = pdf.bufferedPageRange();
      for (let index = start; index < start + count; index++) {
        pdf.switchToPage(index);
        pdf.markContent('Artifact', { type: 'Pagination' });
        font({ size: 8 }).fillColor(light.soft);
        pdf.text(name(index + 1, count), page.margin, page.height - 34, {
          width: contentWidth,
          align: 'right',
          lineBreak: false,
        });
        pdf.endMarkedContent();
      }
    },
  };
  return cursor;
}

function drawTable(pdf: Pdf, cursor: PdfPage, { head, rows, highlighted }: Table): void {
  const columns = Math.max(head.length, rows[0]?.length ?? 0);
  const firstWidth = columns > 4 ? 60 : columns === 2 ? contentWidth * 0.4 : contentWidth * 0.34;
  const otherWidth = (contentWidth - firstWidth) / Math.max(1, columns - 1);
  const place = (column: number) => ({
    x: cursor.left + (column === 0 ? 0 : firstWidth + (column - 1) * otherWidth + 6),
    width: (column === 0 ? firstWidth : otherWidth) - 6,
    align: column === 0 ? ('left' as const) : ('right' as const),
  });
  const rule = () => {
    cursor.decorate(() =>
      pdf
        .moveTo(cursor.left, cursor.y)
        .lineTo(cursor.left + contentWidth, cursor.y)
        .lineWidth(0.5)
        .stroke(light.line),
    );
  };
  const drawHead = () => {
    const style = { size: 7.5, bold: true, colour: 'soft' } as const;
    const height = Math.max(0, ...head.map((title, column) => cursor.height(title, { ...style, ...place(column) })));
    cursor.ensure(height + 3 * rowHeight);
    for (const [column, title] of head.entries()) cursor.write('TH', title, cursor.y, { ...style, ...place(column) });
    cursor.y += height + 3;
    if (head.length > 0) rule();
  };
  drawHead();
  for (const [index, row] of rows.entries()) {
    const before = cursor.y;
    cursor.ensure(rowHeight);
    if (cursor.y < before) drawHead();
    const chosen = index === highlighted;
    for (const [column, cell] of row.entries()) {
      const style = { size: 8.5, bold: chosen, colour: chosen ? 'accent' : 'ink' } as const;
      cursor.write(column === 0 ? 'TH' : 'TD', cell, cursor.y + 4, { ...style, ...place(column) });
    }
    cursor.y += rowHeight;
    rule();
  }
}
