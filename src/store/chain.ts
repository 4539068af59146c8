/** History as a chain: each entry is sealed together with the one before it, so that none can be changed unseen. */
import { createHash, createHmac } from 'node:crypto';
import type { AggregateId } from '../domain/ids.ts';
import { canonical, type JsonObject } from '../domain/json.ts';
import type { TimelineEntry } from '../domain/timeline.ts';

/** With a key, only who has it can seal; without one, whoever may write to Redis could seal everything anew. */
export interface Seal {
  /** Which key it is, without giving it away; undefined: no key. */
  readonly key?: string;
  of(text: string): string;
}

export const plainSeal: Seal = { of: (text) => createHash('sha256').update(text).digest('hex') };

export const keyedSeal = (key: string): Seal => ({
  key: plainSeal.of(`tocsin history\n${key}`).slice(0, 8),
  of: (text) => createHmac('sha256', key).update(text).digest('hex'),
});

export interface Chained {
  /** Entries as they are stored, each with its `hash`, and the `key` that it was sealed with. */
  readonly links: readonly string[];
  /** The hash of the last. */
  readonly head: string;
}

export interface Before {
  readonly id: AggregateId;
  /** The hash of the entry before; '' for the first. */
  readonly head: string;
  readonly seal: Seal;
}

export function chained({ id, head: before, seal }: Before, entries: readonly TimelineEntry[]): Chained {
  let head = before;
  const links = entries.map((entry) => {
    head = seal.of(sealedText(id, head, entry));
    return JSON.stringify({ ...entry, hash: head, ...(seal.key && { key: seal.key }) });
  });
  return { links, head };
}

/** The entry as it was handed in. */
export function unchained(link: string): TimelineEntry {
  return linkOf(link).entry;
}

interface Link {
  readonly entry: TimelineEntry;
  readonly hash: string;
  readonly key?: string;
}

function linkOf(text: string): Link {
  const { hash, key, ...entry } = JSON.parse(text) as TimelineEntry & Pick<Link, 'hash' | 'key'>;
  return { entry, hash, ...(key && { key }) };
}

/** The name of whose history it is stands in it: an entry cannot be moved to another one. */
const sealedText = (id: AggregateId, before: string, entry: TimelineEntry): string =>
  `${id}\n${before}\n${canonical({ ...entry } as JsonObject)}`;

export type Fault =
  /** It, or the one before it, is not what was written. */
  | 'changed'
  /** Sealed with a key that is not known here. */
  | 'unknown_key'
  /** Without a key, though the one before it has one. */
  | 'without_key';

/** Where a chain has come to, entry after entry. */
export interface Walked {
  readonly entries: number;
  /** The hash of the last. */
  readonly head: string;
  /** How many were written without a key. */
  readonly plain: number;
  /** The first one: nothing can be said of what follows. */
  readonly fault?: { readonly kind: Fault; readonly at: number; readonly entry: TimelineEntry };
}

export const unwalked: Walked = { entries: 0, head: '', plain: 0 };

export interface Whose {
  readonly id: AggregateId;
  /** All that are known; the plain one need not be among them. */
  readonly seals: readonly Seal[];
}

/** One entry further. */
export function walk(walked: Walked, text: string, whose: Whose): Walked {
  const link = linkOf(text);
  const at = walked.entries + 1;
  const kind = walked.fault ? undefined : faultOf(walked, link, whose);
  return {
    ...walked,
    entries: at,
    head: link.hash,
    plain: walked.plain + (link.key === undefined ? 1 : 0),
    ...(kind && { fault: { kind, at, entry: link.entry } }),
  };
}

function faultOf(walked: Walked, { entry, hash, key }: Link, { id, seals }: Whose): Fault | undefined {
  const seal = key === undefined ? plainSeal : seals.find((one) => one.key === key);
  if (!seal) return 'unknown_key';
  if (key === undefined && walked.entries > walked.plain) return 'without_key';
  return seal.of(sealedText(id, walked.head, entry)) === hash ? undefined : 'changed';
}
