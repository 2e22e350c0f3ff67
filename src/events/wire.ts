import { isTopic, type Topic } from './fan-out.ts';

/** What one process says to the others. */
export interface Told {
  /** The process that says it. */
  readonly sender: string;
  readonly topic: Topic;
  /** None: look for yourself. */
  readonly ids: readonly string[];
}

/**
 * As texts of at most `maxBytes` (UTF-8), as few as hold all ids. An id that is too long for one makes them a single
 * "look for yourself".
 */
export function encodeTold({ sender, topic, ids }: Told, maxBytes: number): string[] {
  const empty = JSON.stringify([sender, topic, []]);
  const roomBytes = maxBytes - Buffer.byteLength(empty);
  const sized = ids.map((id) => ({ id, bytes: Buffer.byteLength(JSON.stringify(id)) + 1 }));
  if (ids.length === 0 || sized.some(({ bytes }) => bytes > roomBytes)) return [empty];
  const chunks: string[][] = [[]];
  let used = 0;
  for (const { id, bytes } of sized) {
    if (used + bytes > roomBytes) {
      chunks.push([]);
      used = 0;
    }
    chunks.at(-1)?.push(id);
    used += bytes;
  }
  return chunks.map((chunk) => JSON.stringify([sender, topic, chunk]));
}

/** @returns undefined for what is not ours, or a topic that only newer versions know */
export function decodeTold(text: string): Told | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const [sender, topic, ids] = value as unknown[];
  if (typeof sender !== 'string' || !isTopic(topic)) return undefined;
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) return undefined;
  return { sender, topic, ids };
}
