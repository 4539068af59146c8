/** A person types: a message, or a slash command and what the app answers to it. */

import { eventOf } from '../methods/chat.ts';
import { emit, responseUrl, slashCommand } from '../payloads.ts';
import { isJson, type Json, refuse } from '../refusal.ts';
import { applyResponse } from '../respond.ts';
import { shown } from '../shown.ts';
import { type Channel, findChannel, findUser, type User } from '../workspace.ts';
import type { World } from '../world.ts';
import { channelNamed, userNamed } from './look.ts';
import type { Wish } from './wish.ts';

export async function command({ world, given }: Wish): Promise<Json> {
  const user = userNamed(world, given.user);
  const channel = channelNamed(world, given.channel);
  const [name = '', ...words] = String(given.text ?? '')
    .trim()
    .split(' ');
  const known = world.app.commands.find((one) => one.command === name);
  if (!known) throw refuse('unknown_command', { detail: `${name} is not a valid command: the manifest lacks it.` });
  const text = known.shouldEscape ? escaped(world, words.join(' ')) : words.join(' ');
  const target = { channel: channel.id, user: user.id };
  const payload = slashCommand(world, {
    user,
    channel,
    command: name,
    text,
    triggerId: world.triggers.issue(user.id),
    responseUrl: responseUrl(world, world.triggers.issueResponse(target)),
  });
  const { acked, payload: reply, error } = await world.sockets.deliver('slash_commands', payload);
  if (!acked) return { ok: false, acked, error };
  const response = readReply(reply);
  if (response) applyResponse(world, target, response);
  return { ok: true, acked, ...(response ? { response } : {}) };
}

/** An app may acknowledge with a bare text, with a message, or with nothing. */
function readReply(reply: unknown): Json | undefined {
  if (typeof reply === 'string' && reply) return { text: reply, response_type: 'ephemeral' };
  if (!isJson(reply) || (reply.text === undefined && reply.blocks === undefined)) return undefined;
  return { response_type: 'ephemeral', ...reply };
}

/** Slack, `should_escape`: names become `<@U…|name>` and `<#C…|name>`. */
function escaped(world: World, text: string): string {
  return text
    .replace(/(?<![<\w])@([\w.-]+)/g, (whole, name: string) => mention(findUser(world.workspace, name), whole))
    .replace(/(?<![<\w])#([\w-]+)/g, (whole, name: string) => link(findChannel(world.workspace, name), whole));
}

const mention = (user: User | undefined, otherwise: string) => (user ? `<@${user.id}|${user.name}>` : otherwise);
const link = (channel: Channel | undefined, otherwise: string) =>
  channel ? `<#${channel.id}|${channel.name}>` : otherwise;

export function say({ world, given }: Wish): Json {
  const user = userNamed(world, given.user);
  const channel = channelNamed(world, given.channel);
  if (!channel.members.has(user.id))
    throw refuse('not_in_channel', { detail: `${user.name} is not in ${channel.name}.` });
  if (channel.is_archived) throw refuse('is_archived');
  const ts = world.nextTs();
  const thread_ts = typeof given.thread_ts === 'string' ? given.thread_ts : undefined;
  const message = { ts, user: user.id, text: String(given.text ?? ''), thread_ts, reactions: [] };
  channel.messages.set(ts, message);
  tellTheApp(world, channel, { ...shown(channel, message, false), channel: channel.id });
  return { ok: true, ts };
}

function tellTheApp(world: World, channel: Channel, event: Json): void {
  const { botUserId } = world.workspace;
  if (!channel.members.has(botUserId)) return;
  emit(world, eventOf(channel), { ...event, channel_type: channel.kind === 'public' ? 'channel' : channel.kind });
  if (String(event.text).includes(`<@${botUserId}>`)) emit(world, 'app_mention', { ...event, type: 'app_mention' });
}
