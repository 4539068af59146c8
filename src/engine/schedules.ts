/** Follows the schedules of playbooks: takes what is due, by the store's clock, and sleeps until the next one comes. */
import { scheduleKey } from '../domain/claim.ts';
import { type EventId, type Instant, incidentId } from '../domain/ids.ts';
import { tocsin } from '../domain/person.ts';
import { type Playbook, schedulesOf } from '../domain/playbook.ts';
import { type Due, type Follower, judgeSchedule } from '../domain/schedule.ts';
import type { Receive } from './receive.ts';
import type { World } from './world.ts';

export interface Schedules {
  /** Takes what is due; for how long nothing else will be. */
  look(): Promise<number>;
  /** The same, if that time is over or the playbooks are others: to be called as often as one likes, for it asks nobody. */
  tick(): Promise<void>;
}

/** A clock that was set, or a machine that slept, is noticed after that. */
const longestSleepMs = 60_000;

export function createSchedules(world: World, receive: Receive): Schedules {
  const followed = new Map<string, Following>();
  const look = async (): Promise<number> => {
    const scheduled = world.playbooks.current().filter((playbook) => schedulesOf(playbook).length);
    await forget({ world, receive, followed }, scheduled);
    let sleepMs = longestSleepMs;
    for (const playbook of scheduled) sleepMs = Math.min(sleepMs, await follow({ world, receive, followed }, playbook));
    return sleepMs;
  };
  let seen: readonly Playbook[] = [];
  let wakeAt = 0;
  const tick = async (): Promise<void> => {
    const current = world.playbooks.current();
    if (current === seen && performance.now() < wakeAt) return;
    const began = performance.now();
    wakeAt = began + (await look());
    seen = current;
  };
  return { look, tick };
}

interface Following {
  readonly schedules: string;
  readonly since: Instant;
}

interface Office {
  readonly world: World;
  readonly receive: Receive;
  readonly followed: Map<string, Following>;
}

/** What is gone is left, so that it is new when it comes back; what has another schedule is looked at for the first time again. */
async function forget({ world, receive, followed }: Office, scheduled: readonly Playbook[]): Promise<void> {
  const still = new Map(scheduled.map((playbook) => [playbook.id, written(playbook)]));
  for (const [playbook, { schedules }] of followed) {
    if (still.get(playbook) === schedules) continue;
    if (!still.has(playbook)) {
      const id = `schedule.${playbook}.left.${await world.store.now()}` as EventId;
      await receive.automation({ id, kind: 'schedule_left', by: tocsin, why: '', playbook });
    }
    followed.delete(playbook);
  }
}

const written = (playbook: Playbook): string => JSON.stringify(schedulesOf(playbook));

/** Each turn takes one thing at most; two processes that take turns at one playbook do not go on for ever. */
const mostTurns = 5;

async function follow(office: Office, playbook: Playbook): Promise<number> {
  const { store, pure } = office.world;
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const since = office.followed.get(playbook.id)?.since;
    const [now, [held = null]] = await Promise.all([store.now(), store.claims([scheduleKey(playbook.id)])]);
    const follower = { playbook, ...(since !== undefined && { since }) };
    const due = judgeSchedule(follower, { now, held: () => held, pure });
    if (since === undefined) office.followed.set(playbook.id, { schedules: written(playbook), since: now });
    if (due.kind === 'later') return due.at === undefined ? longestSleepMs : due.at - now;
    await take(office, { playbook, since: since ?? now }, { due, now });
  }
  return 0;
}

/** Decided anew where it is written: whoever came first has it. */
async function take(
  { world, receive }: Office,
  { playbook, since }: Required<Follower>,
  { due, now }: { readonly due: Due; readonly now: Instant },
): Promise<void> {
  const id = `schedule.${playbook.id}.${due.kind === 'due' ? due.occurrence.at : now}` as EventId;
  if (due.kind === 'due') {
    const incident = incidentId(await world.store.nextNumber('incident'));
    await receive.incident(incident, { id, kind: 'schedule_due', playbook: playbook.hash, since });
    return;
  }
  if (due.kind === 'missed')
    world.telemetry.log.warn('a schedule was missed', { playbook: playbook.id, ...due.missed });
  const seen = due.kind === 'new' ? {} : { since };
  await receive.automation({ id, kind: 'schedule_seen', by: tocsin, why: '', playbook: playbook.hash, ...seen });
}
