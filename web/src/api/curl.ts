import type { JobRequest } from './job.ts';

/** The one call that cuts a photo out, as a line for a shell. */
export function cutoutCurl(origin: string, fileName: string, params: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(params).map(([name, value]) => `-F ${quote(`${name}=${String(value)}`)}`);
  const { format } = params;
  const extension = format === 'jpeg' ? 'jpg' : typeof format === 'string' ? format : 'png';
  return [
    'curl',
    `-F ${quote(`image=@${fileName}`)}`,
    ...fields,
    quote(`${origin}/v1/images/cutout`),
    `-o cutout.${extension}`,
  ].join(' ');
}

/** A job, with inputs that the server has, as a line for a shell. It waits for the end. */
export function jobCurl(
  origin: string,
  { processor, inputs, params = {} }: Pick<JobRequest, 'processor' | 'inputs' | 'params'>,
): string {
  const body = JSON.stringify({ processor, inputs, params });
  return [
    'curl',
    quote(`${origin}/v1/jobs`),
    "-H 'Content-Type: application/json'",
    "-H 'Prefer: wait=60'",
    `-d ${quote(body)}`,
  ].join(' ');
}

/** One word of a POSIX shell, whatever is in it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
