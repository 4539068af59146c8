/** `response_url`: an app answers an interaction without a token, five times within half an hour. */
import { type Message, named } from './messages.ts';
import { botMessage, readBlocks } from './methods/compose.ts';
import { type Json, Refusal, refuse } from './refusal.ts';
import type { ResponseTarget } from './triggers.ts';
import type { Channel } from './workspace.ts';
import type { World } from './world.ts';

export function respond(world: World, key: string, body: Json): { status: number; body: Json } {
  try {
    applyResponse(world, world.triggers.redeemResponse(key), body);
    return { status: 200, body: { ok: true } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 404, body: { ok: false, error: error.code, ...error.extra } };
  }
}

/** Also what an acknowledgement with a text means. */
export function applyResponse(world: World, target: ResponseTarget, body: Json): void {
  if (body.delete_original === true) removeOriginal(world, target);
  else if (body.replace_original === true && target.message) replaceOriginal(world, target, readMessage(world, body));
  else addMessage(world, target, body);
}

function addMessage(world: World, target: ResponseTarget, body: Json): void {
  const message = readMessage(world, body);
  const thread_ts = typeof body.thread_ts === 'string' ? body.thread_ts : undefined;
  if (body.response_type === 'in_channel') {
    channelAt(world, target.channel)?.messages.set(message.ts, { ...message, thread_ts });
    return;
  }
  world.ephemerals.push({ ...message, thread_ts, channel: target.channel, to: target.user });
}

function readMessage(world: World, body: Json): Message {
  const text = typeof body.text === 'string' ? body.text : '';
  const blocks = body.blocks === undefined ? undefined : readBlocks(body.blocks);
  if (!text && !blocks?.length) throw refuse('no_text');
  return botMessage(world, { text, blocks, attachments: undefined });
}

const channelAt = (world: World, id: string): Channel | undefined => world.workspace.channels.get(id);

function removeOriginal(world: World, { channel, message }: ResponseTarget): void {
  if (!message) throw refuse('message_not_found');
  world.ephemerals = world.ephemerals.filter(({ ts }) => ts !== message.ts);
  channelAt(world, channel)?.messages.delete(message.ts);
}

function replaceOriginal(world: World, { channel, message: original }: ResponseTarget, next: Message): void {
  const old = original?.ephemeral
    ? world.ephemerals.find(({ ts }) => ts === original.ts)
    : channelAt(world, channel)?.messages.get(original?.ts ?? '');
  if (!old) throw refuse('message_not_found');
  old.text = next.text;
  old.blocks = next.blocks && named(next.blocks, () => world.nextId('b'));
  old.edited = { user: old.user, ts: next.ts };
}
