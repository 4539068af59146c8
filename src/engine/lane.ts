/** Lanes: what waits for the same thing is handed over together, one handover at a time. */

/** Hands `work` at most `most` items of one lane at once; each caller gets the result of its own item. */
export function lanes<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  most: number,
): (lane: string, item: Item) => Promise<Result> {
  const waiting = new Map<string, Waiting<Item, Result>[]>();
  const drive = async (lane: string, queue: Waiting<Item, Result>[]): Promise<void> => {
    while (queue.length) await handOver(queue.splice(0, most), work);
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
