import { mebibyte } from '#kernel/units.ts';
import { badAnswer, bodyOf } from './http.ts';

export interface StreamEvent {
  /** `message` when the stream does not name it. */
  readonly event: string;
  readonly data: string;
}

const maxStreamBytes = 8 * mebibyte;

/**
 * Reads Server-Sent Events until the stream ends or the caller has seen enough.
 *
 * @throws AppError PROVIDER_BAD_ANSWER when there is more than 8 MiB of it, PROVIDER_UNAVAILABLE when it breaks off
 * @see HTML Standard, section 9.2.6
 */
export async function* eventsOf(
  provider: string,
  response: Response,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = '';
  let sizeBytes = 0;
  for await (const chunk of bodyOf(provider, response, signal)) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxStreamBytes) throw badAnswer(provider, 'its stream of events does not end');
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parse(block);
      if (event !== undefined) yield event;
    }
  }
}

function parse(block: string): StreamEvent | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}
