/** Messages of a channel: their unique timestamps, threads, and how one is shown to whoever asks. */
import type { Json } from './refusal.ts';

export interface Reaction {
  name: string;
  users: string[];
}

export interface Message {
  ts: string;
  user: string;
  text: string;
  bot_id?: string | undefined;
  app_id?: string | undefined;
  subtype?: string | undefined;
  blocks?: Json[] | undefined;
  attachments?: Json[] | undefined;
  files?: Json[] | undefined;
  metadata?: Json | undefined;
  thread_ts?: string | undefined;
  edited?: { user: string; ts: string } | undefined;
  reactions: Reaction[];
}

/** A message only one person sees; it is in no history. */
export interface Ephemeral extends Message {
  channel: string;
  to: string;
}

/** Timestamps never repeat within the workspace, however fast the clock is asked. */
export function timestamps(now: () => number): () => string {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Math.round(now() * 1000));
    return stamp(last);
  };
}

const stamp = (microseconds: number) =>
  `${Math.floor(microseconds / 1_000_000)}.${String(microseconds % 1_000_000).padStart(6, '0')}`;

export const isTimestamp = (value: string) => /^\d{1,12}(\.\d{1,6})?$/.test(value);

/** Slack names every block and every element that its author left nameless. */
export function named(blocks: Json[], nextId: () => string): Json[] {
  return blocks.map((block) => ({
    block_id: nextId(),
    ...block,
    ...(Array.isArray(block.elements) ? { elements: block.elements.map((one) => withAction(one, nextId)) } : {}),
    ...(block.accessory ? { accessory: withAction(block.accessory, nextId) } : {}),
    ...(block.element ? { element: withAction(block.element, nextId) } : {}),
  }));
}

const NOT_ACTIONABLE = new Set(['mrkdwn', 'plain_text', 'image', 'rich_text_section', 'rich_text_list']);

function withAction(element: unknown, nextId: () => string): unknown {
  const one = element as Json;
  if (NOT_ACTIONABLE.has(String(one.type)) || String(one.type).startsWith('rich_text_')) return one;
  return { action_id: nextId(), ...one };
}
