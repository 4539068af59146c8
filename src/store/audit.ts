/** Reads every history in Redis from its first entry on, and says where it is not what was written. */
import type { AggregateId, Instant } from '../domain/ids.ts';
import { type Seal, unwalked, type Walked, walk } from './chain.ts';
import { type Connection, type ConnectionOptions, connect } from './redis/connection.ts';

export interface AuditOptions extends ConnectionOptions {
  readonly seals: readonly Seal[];
  /** Where histories had come to, as it was written down outside of Redis. */
  readonly written: ReadonlyMap<AggregateId, readonly { readonly at: Instant; readonly head: string }[]>;
  /** Only these; all where there are none. */
  readonly ids: readonly AggregateId[];
}

export interface Audited extends Walked {
  readonly id: AggregateId;
  /** It does not end where its last entry was sealed: entries were taken off or put on. */
  readonly endsElsewhere: boolean;
  /** When an end was written down that is not in it any more; undefined: all are. */
  readonly lostSince?: Instant;
}

/** One after the other, in the order of their names. Throws `StoreDown`. */
export async function* auditHistories(options: AuditOptions): AsyncGenerator<Audited> {
  const connection = await connect(options);
  try {
    for (const id of options.ids.length ? options.ids : await allOf(connection, options))
      yield await audited(connection, id, options);
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

const page = 1000;

async function audited({ ask, base }: Connection, id: AggregateId, options: AuditOptions): Promise<Audited> {
  const missing = new Map((options.written.get(id) ?? []).map(({ head, at }) => [head, at]));
  const { head, length } = await endOf({ ask, base }, id);
  let walked = unwalked;
  for (let from = 0; from < length; from += page) {
    const to = Math.min(from + page, length) - 1;
    for (const link of await ask((redis) => redis.lrange(`${base}${id}${logEnding}`, from, to))) {
      walked = walk(walked, link, { id, seals: options.seals });
      missing.delete(walked.head);
    }
  }
  const lost = [...missing.values()];
  return { ...walked, id, endsElsewhere: walked.head !== head, ...(lost.length && { lostSince: Math.min(...lost) }) };
}

/** In one look: entries may be written meanwhile, and only behind what is there. */
async function endOf({ ask, base }: Pick<Connection, 'ask' | 'base'>, id: AggregateId) {
  const replies = await ask((redis) =>
    redis.multi().hget(`${base}${id}`, 'head').llen(`${base}${id}${logEnding}`).exec(),
  );
  const [head, length] = (replies ?? []).map(([, reply]) => reply);
  return { head: String(head ?? ''), length: Number(length ?? 0) };
}
