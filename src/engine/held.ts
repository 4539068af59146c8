/** Claims that a decision looks at: it says which by looking, and is made again once they have been read. */
import type { Facts } from '../domain/facts.ts';
import type { World } from './world.ts';

/** Deciding is pure, so deciding again is safe; most decisions look at none. */
export async function withHeld<Decision>(
  { store }: Pick<World, 'store'>,
  decide: (held: Facts['held']) => Decision,
): Promise<Decision> {
  const known = new Map<string, string | null>();
  for (;;) {
    const wanted = new Set<string>();
    const decision = decide((key) => {
      if (!known.has(key)) wanted.add(key);
      return known.get(key) ?? null;
    });
    if (!wanted.size) return decision;
    const keys = [...wanted];
    const values = await store.claims(keys);
    for (const [at, key] of keys.entries()) known.set(key, values[at] ?? null);
  }
}
