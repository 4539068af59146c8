/** Schedules of playbooks: how far each has been followed, and what of it is due, by the store's clock. */
import { type Claim, scheduleKey } from './claim.ts';
import type { Facts } from './facts.ts';
import type { Instant } from './ids.ts';
import { type Playbook, type ScheduleTrigger, schedulesOf } from './playbook.ts';

/** An occurrence that nobody took for longer is passed over: what was meant for the night does not run in the morning. */
export const latestMs = 300_000;

/** What the store holds for each playbook with a schedule: no time up to here begins anything any more. */
interface Followed {
  readonly schedule: string;
  readonly upTo: Instant;
  readonly missed?: Missed;
}

/** Times that went by while nothing ran. */
export interface Missed {
  /** At most `mostCounted` are counted. */
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
}

export const mostCounted = 1_000;

export interface Occurrence {
  readonly at: Instant;
  readonly mode: ScheduleTrigger['mode'];
}

/** A process that has this playbook. */
export interface Follower {
  readonly playbook: Playbook;
  /** Since when it has followed this schedule; absent: it looks for the first time. */
  readonly since?: Instant;
}

export type Due =
  /** New or changed: followed from now on, so that nothing of the past begins. */
  | { readonly kind: 'new'; readonly claim: Claim }
  | { readonly kind: 'due'; readonly occurrence: Occurrence; readonly missed?: Missed; readonly claim: Claim }
  | { readonly kind: 'missed'; readonly missed: Missed; readonly claim: Claim }
  | { readonly kind: 'later'; readonly at: Instant | undefined };

type Known = Pick<Facts, 'now' | 'held' | 'pure'>;

/**
 * One claim a playbook, moved ahead by whoever takes an occurrence: it is taken once, whatever clocks and processes do.
 * Processes with different versions of the schedule take turns, each what is due by its own.
 */
export function judgeSchedule({ playbook, since }: Follower, { now, held, pure }: Known): Due {
  const raw = held(scheduleKey(playbook.id));
  const followed = raw === null ? undefined : (JSON.parse(raw) as Followed);
  const schedule = nameOf(playbook);
  const isKnown = followed?.schedule === schedule;
  const moved = (upTo: Instant, missed?: Missed): Claim => ({
    key: scheduleKey(playbook.id),
    expect: raw,
    set: JSON.stringify({ schedule, upTo, ...(missed && { missed }) } satisfies Followed),
    again: true,
  });
  if (!isKnown && since === undefined) return { kind: 'new', claim: moved(Math.max(followed?.upTo ?? 0, now)) };
  const after = Math.max(followed?.upTo ?? 0, isKnown ? 0 : (since ?? 0));
  const next = nextOccurrence(playbook, after, pure);
  if (!next || next.at > now) return { kind: 'later', at: next?.at };
  const occurrence = newest(playbook, { after: Math.max(after, now - latestMs - 1), now, pure });
  const missed = missedIn(playbook, { after, before: occurrence?.at ?? now - latestMs, pure });
  if (occurrence) return { kind: 'due', occurrence, claim: moved(occurrence.at, missed), ...(missed && { missed }) };
  return missed
    ? { kind: 'missed', missed, claim: moved(now - latestMs, missed) }
    : { kind: 'later', at: nextOccurrence(playbook, now, pure)?.at };
}

/** Taken away or switched off: should it come back, it is new. */
export function leftSchedule(playbook: string, { now, held }: Pick<Known, 'now' | 'held'>): Claim | undefined {
  const raw = held(scheduleKey(playbook));
  if (raw === null) return undefined;
  const { schedule, upTo } = JSON.parse(raw) as Followed;
  if (schedule === '') return undefined;
  const left: Followed = { schedule: '', upTo: Math.max(upTo, now) };
  return { key: scheduleKey(playbook), expect: raw, set: JSON.stringify(left), again: true };
}

/** What was missed before the last occurrence, if anything. */
export function missedOf(playbook: Playbook, held: string | null): Missed | undefined {
  const followed = held === null ? undefined : (JSON.parse(held) as Followed);
  return followed?.schedule === nameOf(playbook) ? followed.missed : undefined;
}

const nameOf = (playbook: Playbook): string =>
  schedulesOf(playbook)
    .map(({ cron, timezone }) => `${cron} ${timezone}`)
    .join(', ');

/** The first one after that. Where several triggers mean the same time, it is one, and begins by itself if any of them says so. */
export function nextOccurrence(
  playbook: Playbook,
  after: Instant,
  { nextAt }: Pick<Facts['pure'], 'nextAt'>,
): Occurrence | undefined {
  const coming = schedulesOf(playbook).flatMap((schedule): readonly Occurrence[] => {
    const at = nextAt(schedule, after);
    return at === undefined ? [] : [{ at, mode: schedule.mode }];
  });
  const at = Math.min(...coming.map((one) => one.at));
  const same = coming.filter((one) => one.at === at);
  return same.find(({ mode }) => mode === 'auto') ?? same[0];
}

interface Span {
  readonly after: Instant;
  readonly pure: Facts['pure'];
}

/** Of those that are due, the others are too late. */
function newest(playbook: Playbook, { after, now, pure }: Span & { readonly now: Instant }): Occurrence | undefined {
  let last: Occurrence | undefined;
  for (;;) {
    const next = nextOccurrence(playbook, last?.at ?? after, pure);
    if (!next || next.at > now) return last;
    last = next;
  }
}

function missedIn(
  playbook: Playbook,
  { after, before, pure }: Span & { readonly before: Instant },
): Missed | undefined {
  let missed: Missed | undefined;
  while ((missed?.count ?? 0) < mostCounted) {
    const next = nextOccurrence(playbook, missed?.last ?? after, pure);
    if (!next || next.at >= before) return missed;
    missed = { count: (missed?.count ?? 0) + 1, first: missed?.first ?? next.at, last: next.at };
  }
  return missed;
}
