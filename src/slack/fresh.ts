/** An answer that is good for a while: asked once for all who want it meanwhile, and a failure is not kept. */
import type { Instant } from '../domain/ids.ts';

export interface Known<T> {
  readonly value: T;
  readonly askedAt: Instant;
}

export function fresh<T>(
  { forMs, now }: { readonly forMs: number; readonly now: () => Instant },
  ask: () => Promise<T>,
): () => Promise<Known<T>> {
  let known: { readonly askedAt: Instant; readonly answer: Promise<Known<T>> } | undefined;

  function askAnew(): Promise<Known<T>> {
    const askedAt = now();
    const answer = ask().then((value) => ({ value, askedAt }));
    const mine = { askedAt, answer };
    known = mine;
    answer.catch(() => {
      if (known === mine) known = undefined;
    });
    return answer;
  }

  /** A clock that was set back makes nothing younger. */
  const isGood = (ageMs: number): boolean => ageMs >= 0 && ageMs < forMs;

  return () => (known && isGood(now() - known.askedAt) ? known.answer : askAnew());
}
