/** Hands: a process does as many things at once as it has hands. */

export interface Hands {
  /** Takes a free one, if there is one. */
  take(): boolean;
  /** Takes one as soon as there is one, before anybody else; also resolves when nobody is to take any more. */
  wait(): Promise<void>;
  /** What is done with a hand that was taken; it is free again when that is over. */
  use(what: Task): void;
  /** From now on, nobody gets one. */
  rest(): void;
  /** Resolves when nothing is being done. */
  idle(): Promise<void>;
}

export type Task = () => Promise<void>;

export interface HandsParts {
  readonly count: number;
  readonly onError: (error: unknown) => void;
  /** What else there is for a hand that nobody waits for. */
  readonly more: () => Task | undefined;
}

export function createHands({ count, onError, more }: HandsParts): Hands {
  let free = count;
  let isResting = false;
  const waiting: (() => void)[] = [];
  const busy = new Set<Promise<void>>();
  const giveBack = (): void => {
    const next = waiting.shift();
    const task = next || isResting ? undefined : more();
    if (task) use(task);
    else if (next) next();
    else free += 1;
  };
  const use = (what: Task): void => {
    const doing = what()
      .catch(onError)
      .finally(() => {
        busy.delete(doing);
        giveBack();
      });
    busy.add(doing);
  };
  const take = (): boolean => {
    if (isResting || free === 0) return false;
    free -= 1;
    return true;
  };
  return {
    ...{ take, use },
    async wait() {
      if (!take() && !isResting) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    rest() {
      isResting = true;
      for (const next of waiting.splice(0)) next();
    },
    async idle() {
      while (busy.size) await Promise.all(busy);
    },
  };
}
