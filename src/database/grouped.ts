import { AppError } from '#kernel/errors.ts';

/**
 * Many calls as one statement: what is asked for while one statement is under way goes into the next one together. A
 * call that comes alone runs at once, so nobody waits for company.
 *
 * @param run answers in the order of the items; all or none are done
 * @returns one call; when a group fails for what one of its items is, each is tried alone
 */
export function grouped<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  maxItems = 100,
): (item: Item) => Promise<Answer> {
  interface Call extends PromiseWithResolvers<Answer> {
    readonly item: Item;
  }
  const waiting: Call[] = [];
  let running = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) await settle(waiting.splice(0, maxItems));
    running = false;
  }

  async function settle(calls: readonly Call[]): Promise<void> {
    try {
      const answers = await run(calls.map((call) => call.item));
      for (const [at, call] of calls.entries()) call.resolve(answers[at] as Answer);
    } catch (error) {
      // An engine that is away is away for all of them.
      const isShared = error instanceof AppError && error.retryable;
      if (calls.length === 1 || isShared) for (const call of calls) call.reject(error);
      else for (const call of calls) await settle([call]);
    }
  }

  return (item) => {
    const call = { item, ...Promise.withResolvers<Answer>() };
    waiting.push(call);
    if (!running) {
      running = true;
      void drain();
    }
    return call.promise;
  };
}

/**
 * The same in lanes: only calls with the same key go together. A lane is there while somebody waits in it.
 *
 * @param run answers in the order of the items; all or none are done
 */
export function groupedBy<Item, Answer>(
  keyOf: (item: Item) => string,
  run: (key: string, items: readonly Item[]) => Promise<readonly Answer[]>,
  maxItems = 100,
): (item: Item) => Promise<Answer> {
  const lanes = new Map<string, { readonly call: (item: Item) => Promise<Answer>; waiting: number }>();
  return async (item) => {
    const key = keyOf(item);
    const lane = lanes.get(key) ?? { call: grouped((items: readonly Item[]) => run(key, items), maxItems), waiting: 0 };
    lanes.set(key, lane);
    lane.waiting += 1;
    try {
      return await lane.call(item);
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) lanes.delete(key);
    }
  };
}
