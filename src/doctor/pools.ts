/** Pools: whether each has a worker that performs its steps. */
import type { SeenPool } from '../engine/ports.ts';
import { type Check, ok, type Said, warning } from './finding.ts';

/** `seen`: nothing where no Tocsin runs. Of the default pool alone there is nothing to say that others do not. */
export const poolsCheck = (pools: readonly string[], seen: () => Promise<readonly SeenPool[] | undefined>): Check => ({
  about: 'pools',
  look: async () => {
    const found = pools.length > 1 ? await seen() : undefined;
    return found
      ? pools.map((pool) =>
          saidOf(
            pool,
            found.find((one) => one.pool === pool),
          ),
        )
      : [];
  },
});

function saidOf(pool: string, { workers, seenAt }: Partial<SeenPool> = {}): Said {
  if (workers) return ok(`The pool ${pool} has ${workers} worker${workers === 1 ? '' : 's'}.`);
  const last = seenAt === undefined ? '' : `, and has had none since ${new Date(seenAt).toISOString()}`;
  return warning(
    `The pool ${pool} has no worker${last}: its steps wait.`,
    `Start one in its zone: tocsin serve --role worker --pool ${pool}`,
  );
}
