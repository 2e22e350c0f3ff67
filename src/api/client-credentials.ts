import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request says anything of who sends it, right or wrong. */
export function hasCredentials({ authorization, cookie, 'x-api-key': key }: IncomingHttpHeaders): boolean {
  return authorization !== undefined || cookie !== undefined || key !== undefined;
}
