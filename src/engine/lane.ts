/** Lanes: what waits for the same thing is handed over together, one handover at a time. */

/** Of a long queue, so many are looked at. */
const seen = 256;

/** Hands `work` so many items of one lane at once as `howMany` of the waiting ones says; each caller gets the result of its own item. */
export function lanes<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  howMany: (waiting: readonly Item[]) => number,
): (lane: string, item: Item) => Promise<Result> {
  const waiting = new Map<string, Waiting<Item, Result>[]>();
  const drive = async (lane: string, queue: Waiting<Item, Result>[]): Promise<void> => {
    while (queue.length) await handOver(queue.splice(0, howMany(queue.slice(0, seen).map(({ item }) => item))), work);
    waiting.delete(lane);
  };
  return (lane, item) =>
    new Promise<Result>((resolve, reject) => {
      const queue = waiting.get(lane);
      const mine = { item, resolve, reject };
      if (queue) return void queue.push(mine);
      const fresh = [mine];
      waiting.set(lane, fresh);
      void drive(lane, fresh);
    });
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

async function handOver<Item, Result>(
  some: readonly Waiting<Item, Result>[],
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<void> {
  try {
    const results = await work(some.map(({ item }) => item));
    for (const [at, { resolve, reject }] of some.entries()) {
      const result = results[at];
      result === undefined ? reject(new Error('no result for this item')) : resolve(result);
    }
  } catch (error) {
    for (const { reject } of some) reject(error);
  }
}
