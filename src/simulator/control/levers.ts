/** The levers of the page: `GET levers` lists them, `POST levers/:id` pulls one and says what happened. */
import { builtInLevers } from '../levers.ts';
import { type Json, refuse } from '../refusal.ts';
import type { Wish } from './wish.ts';

const all = ({ world }: Wish) => [
  ...world.levers.map((lever) => ({ ...lever, group: 'world' })),
  ...builtInLevers(world).map((lever) => ({ ...lever, group: 'slack' })),
];

export const leversOf = (wish: Wish): Json[] => all(wish).map(({ run: _run, ...shown }) => shown);

export async function pullLever(wish: Wish): Promise<Json> {
  const lever = all(wish).find(({ id }) => id === wish.path[0]);
  if (!lever) throw refuse('unknown_lever', { known: all(wish).map(({ id }) => id) });
  try {
    return { ok: true, said: await lever.run() };
  } catch (error) {
    throw refuse('lever_failed', { detail: error instanceof Error ? error.message : String(error) });
  }
}
