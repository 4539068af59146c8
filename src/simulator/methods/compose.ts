/** What a message may consist of: text, blocks, attachments, metadata, thread; the same rules for all who write one. */
import { isTimestamp, type Message, named } from '../messages.ts';
import { isJson, type Json, problems, refuse } from '../refusal.ts';
import { jsonList } from '../rules/args.ts';
import { checkMessageBlocks } from '../rules/check-blocks.ts';
import type { Channel } from '../workspace.ts';
import type { World } from '../world.ts';
import type { Call } from './call.ts';

/** Slack truncates a text over 40,000 characters. */
const LONGEST_TEXT = 40_000;
const LONGEST_MARKDOWN = 12_000;
const MOST_ATTACHMENTS = 100;
/** Slack gives no number; a payload of 8 kB is far beyond what metadata is meant for. */
const LARGEST_METADATA = 8_000;

export interface Content {
  text: string;
  blocks: Json[] | undefined;
  attachments: Json[] | undefined;
}

export function readContent({ args }: Call): Content {
  const markdown = args.has('markdown_text') ? args.text('markdown_text') : undefined;
  if (markdown !== undefined && (args.has('text') || args.has('blocks'))) throw refuse('markdown_text_conflict');
  if (markdown !== undefined && markdown.length > LONGEST_MARKDOWN) throw tooLongMarkdown();
  const blocks = args.has('blocks') ? readBlocks(args.json('blocks', 'invalid_blocks_format')) : undefined;
  const attachments = args.has('attachments')
    ? readAttachments(args.json('attachments', 'invalid_arguments'))
    : undefined;
  return { text: (markdown ?? args.text('text')).slice(0, LONGEST_TEXT), blocks, attachments };
}

const tooLongMarkdown = () =>
  problems('invalid_arguments', [`must be less than ${LONGEST_MARKDOWN + 1} characters [json-pointer:/markdown_text]`]);

export const saysNothing = ({ text, blocks, attachments }: Content) =>
  text.trim() === '' && !blocks?.length && !attachments?.length;

export function readBlocks(value: unknown): Json[] {
  const blocks = jsonList(value, 'invalid_blocks_format');
  checkMessageBlocks(blocks);
  return blocks;
}

function readAttachments(value: unknown): Json[] {
  const attachments = jsonList(value, 'invalid_arguments');
  if (attachments.length > MOST_ATTACHMENTS) throw refuse('too_many_attachments');
  for (const { blocks } of attachments) if (blocks !== undefined) readBlocks(blocks);
  return attachments;
}

/** Metadata as given; an empty object takes away what was there. */
export function readMetadata({ args }: Call): Json | undefined {
  if (!args.has('metadata')) return undefined;
  const metadata = args.json('metadata', 'invalid_metadata_format');
  if (!isJson(metadata)) throw refuse('invalid_metadata_format');
  if (JSON.stringify(metadata).length > LARGEST_METADATA) throw refuse('metadata_too_large');
  if (!Object.keys(metadata).length) return metadata;
  const { event_type, event_payload } = metadata;
  if (typeof event_type !== 'string' || !isJson(event_payload)) throw refuse('invalid_metadata_schema');
  return metadata;
}

/** A reply to a reply belongs to the thread's first message. */
export function threadOf(channel: Channel, ts: string): string | undefined {
  if (!ts) return undefined;
  const parent = channel.messages.get(ts);
  if (!isTimestamp(ts) || !parent) throw refuse('invalid_thread_ts');
  return parent.thread_ts ?? ts;
}

export function botMessage(world: World, { text, blocks, attachments }: Content): Message {
  const { botUserId, botId } = world.workspace;
  return {
    ts: world.nextTs(),
    user: botUserId,
    bot_id: botId,
    app_id: world.app.id,
    text,
    blocks: blocks && named(blocks, () => world.nextId('b')),
    attachments,
    reactions: [],
  };
}
