/**
 * The id of an event is `position × 10,000 + rank`: a whole number that a JavaScript number holds exactly.
 *
 * The position is the number of a database transaction: all changes of lower ones had been sent when the event was. So
 * whoever has an id, from any process, has missed nothing that is not at or after its position. The rank tells events of
 * one position apart; it means something only in the stream that it came in.
 *
 * @see docs/adr/events-are-read-from-the-rows.md
 */
const ranks = 10_000;

export interface EventId {
  readonly position: number;
  readonly rank: number;
}

/** @returns undefined for what is not an id of ours */
export function parseEventId(text: string): EventId | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? { position: Math.floor(id / ranks), rank: id % ranks } : undefined;
}

/** Ids of one stream, or of all that get the same events: each is greater than the one before. */
export class EventIds {
  #last: number;

  /** @param after the ids are greater than this one */
  constructor(after: EventId = { position: 0, rank: 0 }) {
    this.#last = after.position * ranks + after.rank;
  }

  /** @returns undefined when the position has no rank left: events may go without an id */
  next(position: number): number | undefined {
    const id = Math.max(position * ranks, this.#last) + 1;
    if (id >= (position + 1) * ranks) return undefined;
    this.#last = id;
    return id;
  }

  /** An id that says: everything below this position, and all that was given until now. */
  current(position: number): number {
    return Math.max(position * ranks, this.#last);
  }

  /** The same, where it is greater than what was given. */
  after(position: number): number | undefined {
    return position * ranks > this.#last ? position * ranks : undefined;
  }

  /**
   * What another stream has seen comes after nothing here: from now on ids are greater than that. Half of the ranks are
   * kept from what a client may claim to have seen.
   */
  follow(other: EventIds): void {
    const position = Math.floor(other.#last / ranks);
    this.#last = Math.max(this.#last, Math.min(other.#last, position * ranks + ranks / 2));
  }
}
