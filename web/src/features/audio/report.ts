import type { JobOutput } from '../../api/job.ts';
import { runJob } from '../../api/run-job.ts';
import type { OpenTrack } from './open-track.ts';

export type ReportKind = 'html' | 'pdf';

export interface Report {
  readonly jobId: string;
  readonly output: JobOutput;
}

/** Has the report made, in the reader's language. */
export async function makeReport({ job, name }: OpenTrack, report: ReportKind, language: string): Promise<Report> {
  const params = { ...job.params, report, language, title: withoutEnding(name) };
  const { processor, inputs } = job;
  const made = await runJob({ processor, inputs, params, metadata: { name } });
  const type = report === 'pdf' ? 'application/pdf' : 'text/html';
  const output = made.outputs.find(({ mediaType }) => mediaType.startsWith(type));
  if (output === undefined) throw new Error('The analysis came without its report.');
  return { jobId: made.id, output };
}

export function withoutEnding(name: string): string {
  return name.replace(/(?<=.)\.[^.]{1,5}$/, '');
}
