import PDFDocument from 'pdfkit';
import type { Judged } from '../analysis.ts';
import { light } from './colours.ts';
import { contentOf, type Finding, type ReportContent } from './content.ts';
import { loadFonts } from './fonts.ts';
import { contentWidth, createPdfPage, type PdfPage } from './pdf-page.ts';
import { drawPicture, type Pdf } from './pdf-picture.ts';
import { type ReportOptions, type ReportSubject, subjectOf } from './report-options.ts';
import type { Section } from './sections.ts';

/** Of pictures against the page: their letters are made for screens. */
const pictureScale = 0.86;
const badgeWidth = 72;
const figureColumns = 5;

/**
 * The report on A4, with its pictures as paths, tagged for screen readers.
 *
 * @returns the same bytes for the same analysis and options, always: its date is none
 */
export async function pdfReport(analysis: Judged, options: ReportOptions): Promise<Buffer> {
  const subject = subjectOf(analysis, options);
  const content = contentOf(subject);
  const pdf = openDocument(content, subject);
  const collected = collect(pdf);
  const page = createPdfPage(pdf);
  writeTop(page, pdf, content, subject);
  writeFindings(page, pdf, content, subject);
  for (const section of content.sections) writeSection(page, pdf, section, subject);
  writeTables(page, content, subject);
  page.finish(subject.phrases.page);
  pdf.end();
  return await collected;
}

function openDocument({ title, readiness }: ReportContent, { phrases, language }: ReportSubject): Pdf {
  const { regular, bold } = loadFonts();
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 0,
    bufferPages: true,
    lang: language,
    displayTitle: true,
    tagged: true,
    pdfVersion: '1.7',
    info: {
      Title: metadata(`${title} – ${phrases.report}`),
      Subject: metadata(readiness.text),
      Creator: 'Esteira',
      Producer: 'PDFKit',
      // The writer wants a date; that of a clock would give other bytes each time.
      CreationDate: new Date(0),
    },
  });
  pdf.registerFont('regular', regular);
  pdf.registerFont('bold', bold);
  return pdf;
}

/** The writer puts these into XML without escaping. */
function metadata(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('&', '+');
}

function collect(pdf: Pdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}

function writeTop(page: PdfPage, pdf: Pdf, content: ReportContent, { phrases }: ReportSubject): void {
  page.paragraph('P', phrases.report.toUpperCase(), { size: 8.5, bold: true, colour: 'accent' });
  page.y += 3;
  page.paragraph('H1', content.title, { size: 24, bold: true });
  page.y += 2;
  page.paragraph('P', content.subtitle, { size: 9.5, colour: 'soft' });
  page.paragraph('P', content.purpose, { size: 9.5, colour: 'soft' });
  page.y += 14;
  writeReadiness(page, pdf, content.readiness);
  page.y += 14;
  writeFigures(page, pdf, content.figures);
}

function writeReadiness(page: PdfPage, pdf: Pdf, { severity, title, text }: Finding): void {
  const inner = { x: page.left + 18, width: contentWidth - 34 };
  const titleStyle = { size: 15, bold: true, colour: toneOf(severity), ...inner };
  const textStyle = { size: 11, ...inner };
  const titleHeight = page.height(title, titleStyle);
  const height = titleHeight + page.height(text, textStyle) + 26;
  page.decorate(() => {
    pdf.roundedRect(page.left, page.y, contentWidth, height, 8).lineWidth(0.8).fillAndStroke(light.surface, light.line);
    pdf.rect(page.left, page.y + 8, 4, height - 16).fill(light[toneOf(severity)]);
  });
  page.write('P', title, page.y + 12, titleStyle);
  page.write('P', text, page.y + 13 + titleHeight, textStyle);
  page.y += height;
}

function writeFigures(page: PdfPage, pdf: Pdf, figures: ReportContent['figures']): void {
  const gap = 8;
  const width = (contentWidth - gap * (figureColumns - 1)) / figureColumns;
  const height = 54;
  for (let row = 0; row * figureColumns < figures.length; row++) {
    page.ensure(height);
    for (const [column, { name, value, note }] of figures
      .slice(row * figureColumns, (row + 1) * figureColumns)
      .entries()) {
      const left = page.left + column * (width + gap);
      const inner = { x: left + 8, width: width - 12 };
      page.decorate(() =>
        pdf.roundedRect(left, page.y, width, height, 6).lineWidth(0.8).fillAndStroke(light.surface, light.line),
      );
      page.write('P', name, page.y + 8, { size: 7.5, colour: 'soft', ...inner });
      page.write('P', value, page.y + 19, { size: 12, bold: true, ...inner });
      page.write('P', note, page.y + 38, { size: 6.8, colour: 'soft', ...inner });
    }
    page.y += height + gap;
  }
}

function writeFindings(page: PdfPage, pdf: Pdf, { toDo, good }: ReportContent, { phrases }: ReportSubject): void {
  for (const [heading, findings] of [
    [phrases.toDo, toDo],
    [phrases.good, good],
  ] as const) {
    if (findings.length === 0) continue;
    writeHeading(page, heading, 60);
    for (const finding of findings) writeFinding(page, pdf, finding);
  }
}

function writeFinding(page: PdfPage, pdf: Pdf, { severity, severityName, title, text, places }: Finding): void {
  const inner = { x: page.left + badgeWidth, width: contentWidth - badgeWidth };
  const parts = [
    { text: title, style: { size: 10, bold: true, ...inner } },
    { text, style: { size: 9.5, ...inner } },
    ...(places === '' ? [] : [{ text: places, style: { size: 8.5, colour: 'soft', ...inner } as const }]),
  ];
  const heights = parts.map((part) => page.height(part.text, part.style));
  page.ensure(heights.reduce((sum, height) => sum + height, 10));
  const colour = toneOf(severity);
  page.decorate(() => pdf.circle(page.left + 3.5, page.y + 6.5, 3.2).fill(light[colour]));
  page.write('P', severityName, page.y + 1, {
    size: 8.5,
    bold: true,
    colour,
    x: page.left + 12,
    width: badgeWidth - 14,
  });
  for (const [index, part] of parts.entries()) {
    page.write(index === 0 ? 'H3' : 'P', part.text, page.y, part.style);
    page.y += heights[index] ?? 0;
  }
  page.y += 10;
}

function writeSection(
  page: PdfPage,
  pdf: Pdf,
  { heading, caption, draw, alternative }: Section,
  subject: ReportSubject,
): void {
  const picture = draw(contentWidth / pictureScale);
  const captionStyle = { size: 9.5, colour: 'soft' } as const;
  const height = picture.height * pictureScale;
  writeHeading(page, heading, page.height(caption, captionStyle) + height + 12);
  page.paragraph('P', caption, captionStyle);
  page.y += 10;
  page.figure(alternative, () => {
    drawPicture(pdf, picture, { x: page.left, y: page.y, scale: pictureScale }, subject.spectrogram.png);
  });
  page.y += height;
}

function writeTables(page: PdfPage, { services, details, sections }: ReportContent, { phrases }: ReportSubject): void {
  writeHeading(page, phrases.services, 160);
  page.paragraph('P', phrases.servicesCaption, { size: 9.5, colour: 'soft' });
  page.y += 8;
  page.table(services);
  writeHeading(page, phrases.details, 120);
  page.table(details);
  page.y += 14;
  page.paragraph('P', phrases.footer, { size: 8, colour: 'soft' });
  for (const { heading, table } of sections) {
    writeHeading(page, `${phrases.table}: ${heading}`, 120);
    page.table(table);
  }
}

/** @param with so much must follow on the same page */
function writeHeading(page: PdfPage, text: string, following: number): void {
  page.y += 20;
  page.ensure(24 + following);
  page.paragraph('H2', text, { size: 14, bold: true });
  page.y += 4;
}

function toneOf(severity: Finding['severity']): 'bad' | 'warn' | 'second' | 'good' {
  const tones = { problem: 'bad', warning: 'warn', advice: 'second', good: 'good' } as const;
  return tones[severity];
}
