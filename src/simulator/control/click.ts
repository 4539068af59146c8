/** A person uses an element of a message or modal that is really there, and the app hears of it. */
import type { Message } from '../messages.ts';
import { messageClick, responseUrl, viewClick } from '../payloads.ts';
import { isJson, type Json, refuse } from '../refusal.ts';
import { shown } from '../shown.ts';
import type { Channel, User } from '../workspace.ts';
import type { View, World } from '../world.ts';
import { answerOf, initialAnswer } from './answers.ts';
import { type Place, withKnown } from './known.ts';
import { channelNamed, userNamed } from './look.ts';
import type { Wish } from './wish.ts';

export async function click(wish: Wish): Promise<Json> {
  const { world, given } = wish;
  if (!world.app.interactivity)
    throw refuse('interactivity_disabled', { detail: 'The manifest has interactivity off.' });
  const user = userNamed(world, given.user);
  const { place, blocks, seen } = stageOf(wish, user);
  const placed = placedIn(blocks, given);
  // Slack itself starts the workflow of its link trigger: the app has no part in it.
  if (placed.element.type === 'workflow_button') return { ok: true, workflow: placed.element.workflow };
  const known = withKnown(world, place, blocks);
  const use = { user, action: actionOf(world, placedIn(known, given), given), state: filledIn(known, given.values) };
  const payload = 'view' in seen ? onView(world, seen.view, use) : onMessage(world, seen, use);
  const { acked, error } = await world.sockets.deliver('interactive', payload);
  return { ok: acked, acked, ...(error ? { error } : {}) };
}

export type Seen = { channel: Channel; message: Json; ephemeral: boolean } | { view: View };

interface Stage {
  place: Place;
  blocks: Json[];
  seen: Seen;
}

/** What the person is looking at: a message in its channel, or a view. */
export function stageOf({ world, given }: Wish, user: User): Stage {
  if (given.view_id !== undefined) {
    const view = shownView(world, user, String(given.view_id));
    return { place: { user, id: view.id }, blocks: view.blocks as Json[], seen: { view } };
  }
  const channel = channelNamed(world, given.channel);
  const { message, ephemeral } = messageSeenBy(world, { channel, user, ts: String(given.ts) });
  return {
    place: { user, id: `${channel.id}/${message.ts}` },
    blocks: blocksOf(message),
    seen: { channel, message: shown(channel, message, true), ephemeral },
  };
}

interface Use {
  user: User;
  action: Json;
  state: Json;
}

function onMessage(world: World, seen: Exclude<Seen, { view: View }>, use: Use): Json {
  const { channel, message, ephemeral } = seen;
  const original = { ts: String(message.ts), ephemeral };
  const key = world.triggers.issueResponse({ channel: channel.id, user: use.user.id, message: original });
  const triggerId = world.triggers.issue(use.user.id);
  return messageClick(world, { ...use, ...seen, triggerId, responseUrl: responseUrl(world, key) });
}

const onView = (world: World, view: View, use: Use): Json =>
  viewClick(world, { ...use, view, triggerId: world.triggers.issue(use.user.id) });

/** A modal, or the home tab. */
function shownView(world: World, user: User, id: string): View {
  const home = world.homes.get(user.id);
  return home?.id === id ? home : openView(world, user, id);
}

export function openView(world: World, user: User, id: string): View {
  const view = world.modals.get(user.id)?.find((one) => one.id === id);
  if (!view) throw refuse('view_not_found', { detail: `${user.name} has no open modal ${id}.` });
  return view;
}

function messageSeenBy(world: World, { channel, user, ts }: { channel: Channel; user: User; ts: string }) {
  if (channel.kind !== 'public' && !channel.members.has(user.id)) throw refuse('channel_not_found');
  const message = channel.messages.get(ts);
  if (message) return { message, ephemeral: false };
  const whispered = world.ephemerals.find((one) => one.ts === ts && one.to === user.id && one.channel === channel.id);
  if (!whispered)
    throw refuse('message_not_found', { detail: `${user.name} sees no message ${ts} in ${channel.name}.` });
  return { message: whispered, ephemeral: true };
}

const blocksOf = ({ blocks = [], attachments = [] }: Message): Json[] => [
  ...blocks,
  ...attachments.flatMap((one) => (Array.isArray(one.blocks) ? (one.blocks as Json[]) : [])),
];

export interface Placed {
  blockId: string;
  element: Json;
}

export const elementsOf = (blocks: Json[]): Placed[] =>
  blocks.flatMap((block) =>
    [...(Array.isArray(block.elements) ? block.elements : []), block.accessory, block.element]
      .filter(isJson)
      .map((element) => ({ blockId: String(block.block_id), element })),
  );

function placedIn(blocks: Json[], { action_id, value, block_id }: Json): Placed {
  const found = elementsOf(blocks).find(
    ({ element, blockId }) =>
      element.action_id === action_id &&
      (block_id === undefined || blockId === block_id) &&
      (value === undefined || element.type !== 'button' || element.value === value),
  );
  if (!found) throw refuse('element_not_found', { detail: `No element ${String(action_id)} is shown there.` });
  return found;
}

const actionOf = (world: World, { element, blockId }: Placed, given: Json): Json => ({
  ...chosen(element, given),
  action_id: given.action_id,
  block_id: blockId,
  action_ts: world.nextTs(),
});

function chosen(element: Json, given: Json): Json {
  const { type, text, value, style } = element;
  if (type === 'button') return { type, text, ...(value === undefined ? {} : { value }), ...(style ? { style } : {}) };
  return answerOf(element, choiceIn(given));
}

/** `selected_option` may be the option or its value; any other `selected_…` is taken as the payload has it. */
function choiceIn(given: Json): unknown {
  const { selected_option, value } = given;
  if (isJson(selected_option)) return selected_option.value;
  if (selected_option !== undefined) return selected_option;
  const selected = Object.entries(given).filter(([name]) => name.startsWith('selected_'));
  return selected.length ? Object.fromEntries(selected) : value;
}

const STATELESS = new Set(['button', 'overflow', 'workflow_button', 'image', 'mrkdwn', 'plain_text']);

/** What every input on show stands at: `state.values`. */
function stateOf(blocks: Json[]): Record<string, Record<string, Json>> {
  const values: Record<string, Record<string, Json>> = {};
  for (const { blockId, element } of elementsOf(blocks)) {
    if (STATELESS.has(String(element.type)) || element.action_id === undefined) continue;
    values[blockId] = { ...values[blockId], [String(element.action_id)]: initialAnswer(element) };
  }
  return values;
}

/** The same after a person's choices, given by block and action. */
export function filledIn(blocks: Json[], given: unknown): Record<string, Record<string, Json>> {
  const values = stateOf(blocks);
  for (const [blockId, actions] of Object.entries(isJson(given) ? given : {})) {
    for (const [actionId, choice] of Object.entries(isJson(actions) ? actions : {})) {
      const placed = elementsOf(blocks).find((one) => one.blockId === blockId && one.element.action_id === actionId);
      if (!placed) throw refuse('element_not_found', { detail: `Nothing there is called ${blockId} / ${actionId}.` });
      values[blockId] = { ...values[blockId], [actionId]: answerOf(placed.element, choice) };
    }
  }
  return values;
}
