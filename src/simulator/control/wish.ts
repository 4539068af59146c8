/** What somebody wants of the control API. */
import type { Json } from '../refusal.ts';
import type { World } from '../world.ts';

export interface Wish {
  world: World;
  /** The query of a GET, the body of a POST. */
  given: Json;
  path: readonly string[];
}
