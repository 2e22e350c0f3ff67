import { get, type IncomingMessage } from 'node:http';
import { until } from './until.ts';

export interface SeenEvent {
  readonly id: string | undefined;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly data: any;
}

/** Reads a stream of Server-Sent Events to the letter, so that tests see what a browser's client hides. */
export interface EventReader {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: readonly SeenEvent[];
  /** As bare text, in blocks. */
  readonly blocks: readonly string[];
  /** The last id that was set, with an event or without. */
  lastId(): string | undefined;
  /** Waits until there is one, of those that were not found so before. */
  next(wanted: (event: SeenEvent) => boolean): Promise<SeenEvent>;
  /** Resolves when the server has ended the stream; false when it was cut. */
  readonly ended: Promise<boolean>;
  pause(): void;
  resume(): void;
  close(): void;
}

export async function readEvents(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false, headers: { accept: 'text/event-stream', ...headers } }, resolve).on('error', reject);
  });
  const events: SeenEvent[] = [];
  const blocks: string[] = [];
  let rest = '';
  let lastId: string | undefined;
  let found = 0;
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const parts = (rest + text).split('\n\n');
    rest = parts.pop() ?? '';
    for (const block of parts) {
      blocks.push(block);
      const fields = fieldsOf(block);
      if (fields['id'] !== undefined) lastId = fields['id'];
      const { event = 'message', data } = fields;
      if (data !== undefined) events.push({ id: fields['id'], event, data: JSON.parse(data) });
    }
  });
  const ended = new Promise<boolean>((resolve) => {
    response.on('end', () => resolve(true));
    response.on('error', () => resolve(false));
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    blocks,
    lastId: () => lastId,
    ended,
    async next(wanted) {
      return await until(() => {
        const at = events.findIndex((event, index) => index >= found && wanted(event));
        const event = events[at];
        if (event === undefined)
          throw new Error(`no such event; the last: ${JSON.stringify(events.slice(-3)).slice(0, 1_000)}`);
        found = at + 1;
        return event;
      });
    },
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void response.destroy(),
  };
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
function fieldsOf(block: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields[name] = value;
  }
  return fields;
}
