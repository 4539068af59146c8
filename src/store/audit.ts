/** Reads every history in Redis from its first entry on, and says where it is not what was written. */
import type { AggregateId, Instant } from '../domain/ids.ts';
import { type Seal, unwalked, type Walked, walk } from './chain.ts';
import { type Connection, type ConnectionOptions, connect } from './redis/connection.ts';

/** What a history is held against. */
export interface Witnesses {
  readonly seals: readonly Seal[];
  /** Where histories had come to, as it was written down outside of Redis. */
  readonly written: ReadonlyMap<AggregateId, readonly { readonly at: Instant; readonly head: string }[]>;
}

export interface AuditOptions extends ConnectionOptions, Witnesses {
  /** Only these; all where there are none. */
  readonly ids: readonly AggregateId[];
  /** They have left Redis for the archive: that they are not there says nothing. */
  readonly left: ReadonlySet<AggregateId>;
}

export interface Audited extends Walked {
  readonly id: AggregateId;
  /** It does not end where its last entry was sealed: entries were taken off or put on. */
  readonly endsElsewhere: boolean;
  /** When an end was written down that is not in it any more; undefined: all are. */
  readonly lostSince?: Instant;
}

/** Those in Redis, one after the other, in the order of their names. Throws `StoreDown`. */
export async function* auditHistories(options: AuditOptions): AsyncGenerator<Audited> {
  const connection = await connect(options);
  try {
    for (const id of options.ids.length ? options.ids : await allOf(connection, options)) {
      const { head, length } = await endOf(connection, id);
      if (length === 0 && options.left.has(id)) continue;
      yield await auditOf({ id, head, pages: pagesOf(connection, id, length) }, options);
    }
  } finally {
    await connection.close();
  }
}

const logEnding = ':log';

/** Those that are there, and those that have been. */
async function allOf({ ask, base }: Connection, { written }: AuditOptions): Promise<readonly AggregateId[]> {
  const found = new Set<AggregateId>(written.keys());
  let cursor = '0';
  do {
    const [next, keys] = await ask((redis) => redis.scan(cursor, 'MATCH', `${base}*${logEnding}`, 'COUNT', 1000));
    for (const key of keys) found.add(key.slice(base.length, -logEnding.length) as AggregateId);
    cursor = next;
  } while (cursor !== '0');
  return [...found].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

/** In one look: entries may be written meanwhile, and only behind what is there. */
async function endOf({ ask, base }: Connection, id: AggregateId) {
  const replies = await ask((redis) =>
    redis.multi().hget(`${base}${id}`, 'head').llen(`${base}${id}${logEnding}`).exec(),
  );
  const [head, length] = (replies ?? []).map(([, reply]) => reply);
  return { head: String(head ?? ''), length: Number(length ?? 0) };
}

const page = 1000;

async function* pagesOf({ ask, base }: Connection, id: AggregateId, length: number) {
  for (let from = 0; from < length; from += page)
    yield await ask((redis) => redis.lrange(`${base}${id}${logEnding}`, from, Math.min(from + page, length) - 1));
}

export interface History {
  readonly id: AggregateId;
  /** The last seal, as it is stored apart. */
  readonly head: string;
  readonly pages: AsyncIterable<readonly string[]> | Iterable<readonly string[]>;
}

export async function auditOf({ id, head, pages }: History, { seals, written }: Witnesses): Promise<Audited> {
  const missing = new Map((written.get(id) ?? []).map((one) => [one.head, one.at]));
  let walked = unwalked;
  for await (const links of pages)
    for (const link of links) {
      walked = walk(walked, link, { id, seals });
      missing.delete(walked.head);
    }
  const lost = [...missing.values()];
  return { ...walked, id, endsElsewhere: walked.head !== head, ...(lost.length && { lostSince: Math.min(...lost) }) };
}
