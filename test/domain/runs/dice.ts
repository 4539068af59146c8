/** Dice that fall the same way for the same numbers: a list of them, or a seed. */

export interface Dice {
  below(sides: number): number;
  one<T>(of: readonly T[]): T;
  /** Once in so many throws. */
  in(sides: number): boolean;
}

export function dice(next: () => number): Dice {
  const below = (sides: number): number => next() % sides;
  return {
    below,
    one: <T>(of: readonly T[]): T => of[below(of.length)] as T,
    in: (sides) => below(sides) === 0,
  };
}

/** A small generator with a seed (mulberry32). */
export function seeded(seed: number): Dice {
  let state = seed;
  return dice(() => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  });
}
