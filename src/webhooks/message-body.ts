/** As Standard Webhooks asks for: what is larger belongs behind an address. */
const maxBodyBytes = 20_000;

/**
 * What a receiver gets: `{type, timestamp, data}`.
 *
 * Where it would be too large, the largest members of `data` are left out, and `omitted` names them: who needs them asks
 * the API.
 */
export function messageBody(type: string, at: Date, data: Readonly<Record<string, unknown>>): string {
  const render = (members: Readonly<Record<string, unknown>>) =>
    JSON.stringify({ type, timestamp: at.toISOString(), data: members });
  const omitted: string[] = [];
  const left = { ...data };
  let body = render(left);
  while (Buffer.byteLength(body) > maxBodyBytes) {
    const largest = Object.keys(left).reduce((a, b) => (sizeOf(left[b]) > sizeOf(left[a]) ? b : a));
    delete left[largest];
    omitted.push(largest);
    body = render({ ...left, omitted });
  }
  return body;
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}
