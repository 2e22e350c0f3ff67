import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessorOutput } from '#processors/contract.ts';
import type { Judged } from '../analysis.ts';
import type { AnalysisParams } from '../params.ts';
import type { Spectrogram } from '../spectrum/spectrogram.ts';
import { htmlReport } from './html-report.ts';
import { pdfReport } from './pdf-report.ts';
import type { ReportOptions } from './report-options.ts';

/** Writes the report that was asked for into a folder: `report.html` or `report.pdf`. */
export async function writeReport(
  folder: string,
  { report, language, title, target, genre }: AnalysisParams,
  analysis: Judged,
  spectrogram: Spectrogram,
): Promise<ProcessorOutput> {
  const options: ReportOptions = { language, title, target, genre, spectrogram };
  if (report === 'pdf') {
    await writeFile(join(folder, 'report.pdf'), await pdfReport(analysis, options));
    return { file: 'report.pdf', mediaType: 'application/pdf' };
  }
  await writeFile(join(folder, 'report.html'), htmlReport(analysis, options));
  return { file: 'report.html', mediaType: 'text/html' };
}
