/** What a person may choose although no block says so: the options that the app suggested to them, the files they uploaded. */
import { isJson, type Json } from '../refusal.ts';
import type { User } from '../workspace.ts';
import type { World } from '../world.ts';

export interface Place {
  user: User;
  /** The view's id, or the channel's and the message's time. */
  id: string;
}

export const EXTERNAL: ReadonlySet<unknown> = new Set(['external_select', 'multi_external_select']);

export const offerKey = ({ user, id }: Place, blockId: unknown, actionId: unknown): string =>
  JSON.stringify([user.id, id, blockId, actionId]);

/** The blocks as this person has them before their eyes. */
export function withKnown(world: World, place: Place, blocks: Json[]): Json[] {
  const known = (element: unknown, blockId: unknown): unknown => {
    if (!isJson(element)) return element;
    if (element.type === 'file_input') return { ...element, uploaded: filesOf(world, place.user) };
    if (!EXTERNAL.has(element.type)) return element;
    return { ...element, options: world.offers.get(offerKey(place, blockId, element.action_id)) ?? [] };
  };
  return blocks.map((block) => ({
    ...block,
    ...(block.element === undefined ? {} : { element: known(block.element, block.block_id) }),
    ...(block.accessory === undefined ? {} : { accessory: known(block.accessory, block.block_id) }),
    ...(Array.isArray(block.elements) ? { elements: block.elements.map((one) => known(one, block.block_id)) } : {}),
  }));
}

const filesOf = (world: World, user: User): Json[] =>
  [...world.files.values()].map(({ file }) => file).filter((file) => file.user === user.id);
