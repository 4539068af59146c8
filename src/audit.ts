/** `tocsin audit verify`: whether the histories of incidents and runs are what was written. */
import { archivedIn } from './blobs/archive.ts';
import { headsIn } from './blobs/heads.ts';
import { historyKeyIn } from './blobs/history-key.ts';
import type { Config } from './config/config.ts';
import type { AggregateId, Instant } from './domain/ids.ts';
import { archiveFolder, headsPath, historyKeyPath } from './history.ts';
import { type Audited, type AuditOptions, auditHistories, auditOf } from './store/audit.ts';
import { type Fault, keyedSeal } from './store/chain.ts';
import { runningEmbedded } from './store/embedded.ts';

export interface Audit {
  readonly histories: number;
  readonly entries: number;
  /** Entries that were written without a key: only what was written down outside of Redis vouches for them. */
  readonly plain: number;
  readonly findings: readonly AuditFinding[];
}

export interface AuditFinding {
  readonly id: string;
  readonly what: string;
}

/** Of those that are named, else of all. */
export async function audit(config: Config, ids: readonly string[]): Promise<Audit> {
  const url = config.redis.kind === 'url' ? config.redis.url.reveal() : await runningEmbedded(config.redis.folder);
  if (!url)
    throw new Error('Tocsin does not run, and neither does its own Redis, where the histories are: start it first.');
  const witnesses = {
    written: await headsIn(headsPath(config)),
    seals: (await knownKeys(config)).map(keyedSeal),
  };
  const sum = { histories: 0, entries: 0, plain: 0 };
  const findings: AuditFinding[] = [];
  for await (const one of auditAll(config, { ...witnesses, url, ids: ids as readonly AggregateId[] })) {
    sum.histories += 1;
    sum.entries += one.entries;
    sum.plain += one.plain;
    findings.push(...findingsOf(one));
  }
  return { ...sum, findings };
}

/** First what has left Redis for the archive. */
async function* auditAll(config: Config, options: Omit<AuditOptions, 'left'>): AsyncGenerator<Audited> {
  const left = new Set<AggregateId>();
  for await (const { id, head, history } of archivedIn(archiveFolder(config))) {
    left.add(id);
    if (!options.ids.length || options.ids.includes(id)) yield await auditOf({ id, head, pages: [history] }, options);
  }
  yield* auditHistories({ ...options, left });
}

async function knownKeys(config: Config): Promise<readonly string[]> {
  const { key, oldKeys } = config.history;
  const own = await historyKeyIn(historyKeyPath(config));
  return [...(key ? [key] : []), ...oldKeys].map((secret) => secret.reveal()).concat(own ?? []);
}

function findingsOf({ id, entries, fault, endsElsewhere, lostSince }: Audited): readonly AuditFinding[] {
  const whats = [
    ...(fault
      ? [
          `entry ${fault.at} (${time(fault.entry.at)}, ${fault.entry.actor}, ${fault.entry.reason}) ${inWords[fault.kind]}`,
        ]
      : []),
    ...(endsElsewhere && !fault ? ['its last entries were taken off, or others put on'] : []),
    ...(lostSince === undefined ? [] : [lostInWords(lostSince, entries)]),
  ];
  return whats.map((what) => ({ id, what }));
}

const inWords = {
  changed: 'was changed, or one before it was taken out',
  unknown_key: 'was sealed with a key that is not known here: name it in `history.old_keys` if it is one of yours',
  without_key: 'was written without the key that sealed those before it',
} satisfies Record<Fault, string>;

const lostInWords = (since: Instant, entries: number): string =>
  entries
    ? `what it held at ${time(since)} is not in it any more: it was cut off or written anew, or Redis was restored from a copy`
    : `it is gone: at ${time(since)} it was there`;

const time = (at: Instant): string => new Date(at).toISOString();

export function printedAudit({ histories, entries, plain, findings }: Audit): readonly string[] {
  const all = `${entries} entries of ${histories} histories`;
  return [
    ...findings.map(({ id, what }) => `${id}: ${what}.`),
    ...(plain ? [`${plain} of them were written without a key: only \`history.key\` makes them hard to forge.`] : []),
    findings.length ? `${all} were read; ${findings.length} findings.` : `${all} are what was written.`,
  ];
}
