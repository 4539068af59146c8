/** A person types into a menu whose options the app knows: the app is asked, and what it answers can then be chosen. */
import { blockSuggestion } from '../payloads.ts';
import { isJson, type Json, Refusal, refuse } from '../refusal.ts';
import type { Shape } from '../rules/blocks.ts';
import { check } from '../rules/check-blocks.ts';
import { elementsOf, stageOf } from './click.ts';
import { EXTERNAL, offerKey } from './known.ts';
import { userNamed } from './look.ts';
import type { Wish } from './wish.ts';

/** Slack: `min_query_length` is 3 unless the element says otherwise. */
const SHORTEST_QUERY = 3;
/** Slack: "a maximum of 100 options or option groups". */
const OPTIONS: Shape = { kind: 'list', of: { kind: 'row', name: 'option' }, max: 100, min: 0 };
const GROUPS: Shape = { kind: 'list', of: { kind: 'row', name: 'option_group' }, max: 100, min: 0 };

export async function suggest(wish: Wish): Promise<Json> {
  const { world, given } = wish;
  const user = userNamed(world, given.user);
  const { place, blocks, seen } = stageOf(wish, user);
  const found = elementsOf(blocks).find(
    ({ element, blockId }) =>
      EXTERNAL.has(element.type) && element.action_id === given.action_id && blockId === given.block_id,
  );
  if (!found) throw refuse('element_not_found', { detail: `No menu ${String(given.action_id)} asks the app there.` });
  const { element, blockId } = found;
  const typed = String(given.value ?? '');
  if (typed.length < Number(element.min_query_length ?? SHORTEST_QUERY)) return { ok: true, option_groups: [] };
  const asked = { user, seen, actionId: String(element.action_id), blockId, value: typed };
  const { acked, payload, error } = await world.sockets.deliver('interactive', blockSuggestion(world, asked));
  if (!acked) return { ok: false, acked, ...(error ? { error } : {}) };
  const groups = groupsIn(isJson(payload) ? payload : {});
  const options = groups.flatMap((group) => (Array.isArray(group.options) ? (group.options as Json[]) : []));
  world.offers.set(offerKey(place, blockId, element.action_id), options);
  return { ok: true, acked, option_groups: groups };
}

/** Options without groups are one group without a label. */
function groupsIn({ options, option_groups }: Json): Json[] {
  const found =
    option_groups === undefined ? check(options, OPTIONS, '/options') : check(option_groups, GROUPS, '/option_groups');
  // Slack shows "No results" then; whoever wrote the app learns here why.
  if (found.length) throw new Refusal('invalid_options', { detail: found.join('; ') });
  return (option_groups as Json[] | undefined) ?? [{ options }];
}
