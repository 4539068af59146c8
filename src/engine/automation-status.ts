/** What stands in the way of automation now: the stop, locks, open breakers, freezes, spent budgets, demoted playbooks. */
import type { Automation } from '../domain/automation.ts';
import { guardKey, guardName, scheduleKey } from '../domain/claim.ts';
import type { Freeze } from '../domain/facts.ts';
import { type Changed, mostHosts } from '../domain/guards/blast-radius.ts';
import type { Breaker } from '../domain/guards/breaker.ts';
import { efficacyKey, isBelow, type Outcome, rateOf } from '../domain/guards/efficacy.ts';
import { automation as automationId, type IncidentId, type Instant } from '../domain/ids.ts';
import { type Playbook, schedulesOf, startsByItself } from '../domain/playbook.ts';
import { type Missed, missedOf, nextOccurrence } from '../domain/schedule.ts';
import { holderOf } from './concerned.ts';
import { runOf } from './perform/read.ts';
import type { HeldClaim } from './ports.ts';
import type { World } from './world.ts';

export interface AutomationStatus {
  readonly automation?: Automation;
  readonly locks: readonly HeldLock[];
  readonly breakers: readonly { readonly name: string; readonly openedAt: Instant; readonly runs: readonly string[] }[];
  readonly demoted: readonly { readonly name: string; readonly playbook: string; readonly rate: string }[];
  readonly freezes: readonly (Freeze & { readonly calendar: string; readonly playbooks: readonly string[] })[];
  /** Services of which no further host may be changed now. */
  readonly spent: readonly {
    readonly name: string;
    readonly service: string;
    readonly hosts: readonly string[];
    readonly most: number;
  }[];
  readonly schedules: readonly ScheduleNow[];
}

export interface ScheduleNow {
  readonly playbook: string;
  readonly next?: Instant;
  readonly missed?: Missed;
}

export interface HeldLock {
  /** As `/automation unlock` takes it. */
  readonly name: string;
  /** The run, and the step of it. */
  readonly holder: string;
  /** Undefined where the run is no longer known. */
  readonly run?: { readonly playbook: string; readonly incident: IncidentId; readonly since: Instant };
}

/** A message holds no more. */
const most = 20;
/** Most of what guards hold stands in nobody's way. */
const mostRead = 2_000;

export async function automationNow(world: World): Promise<AutomationStatus> {
  const { store } = world;
  const [loaded, now, locks, breakers, efficacy, blast, schedules] = await Promise.all([
    store.load(automationId),
    store.now(),
    store.claimsUnder('lock/', most),
    store.claimsUnder(guardKey('breaker/'), mostRead),
    store.claimsUnder(guardKey('efficacy/'), mostRead),
    store.claimsUnder(guardKey('blast/'), mostRead),
    schedulesNow(world),
  ]);
  const automation = loaded.state as Automation | undefined;
  return {
    ...(automation && { automation }),
    locks: await Promise.all(locks.map((lock) => heldLock(world, lock))),
    breakers: breakers.flatMap(openBreaker).slice(0, most),
    demoted: efficacy.flatMap((claim) => demotion(world, claim)).slice(0, most),
    freezes: freezesAt(world, now).slice(0, most),
    spent: blast.flatMap((claim) => spentBudget(world, claim, now)).slice(0, most),
    schedules: schedules.slice(0, most),
  };
}

/** How the last runs of a playbook went that changed something. */
export async function trackRecord({ store, policy }: World, playbook: string): Promise<string | undefined> {
  const [outcomes] = await store.claims([efficacyKey(playbook)]);
  return outcomes == null ? undefined : rateOf(JSON.parse(outcomes) as readonly Outcome[], policy);
}

/** When a playbook comes next by its schedule, and what it has missed. */
export async function scheduleOf({ store, pure }: World, playbook: Playbook): Promise<ScheduleNow | undefined> {
  if (!schedulesOf(playbook).length) return undefined;
  const [now, [held = null]] = await Promise.all([store.now(), store.claims([scheduleKey(playbook.id)])]);
  const next = nextOccurrence(playbook, now, pure)?.at;
  const missed = missedOf(playbook, held);
  return { playbook: playbook.name, ...(next !== undefined && { next }), ...(missed && { missed }) };
}

async function schedulesNow(world: World): Promise<readonly ScheduleNow[]> {
  const all = await Promise.all(world.playbooks.current().map((playbook) => scheduleOf(world, playbook)));
  return all.filter((one) => one !== undefined).sort((a, b) => (a.next ?? 0) - (b.next ?? 0));
}

async function heldLock(world: World, { key, value }: HeldClaim): Promise<HeldLock> {
  const [, unit] = /^[^/]+\/(.+)$/.exec(value) ?? [];
  const id = holderOf(value);
  const run = id && (await runOf(world, id));
  if (!run) return { name: key, holder: value };
  const since = run.steps.find((step) => step.id === unit)?.startedAt ?? run.startedAt;
  return { name: key, holder: value, run: { playbook: run.playbook.name, incident: run.incident, since } };
}

function openBreaker({ key, value }: HeldClaim): AutomationStatus['breakers'] {
  const { openedAt, failures } = JSON.parse(value) as Breaker;
  return openedAt === undefined ? [] : [{ name: guardName(key), openedAt, runs: failures.map(([run]) => run) }];
}

function demotion({ policy, playbooks }: World, { key, value }: HeldClaim): AutomationStatus['demoted'] {
  const outcomes = JSON.parse(value) as readonly Outcome[];
  if (!isBelow(outcomes, policy)) return [];
  const name = guardName(key);
  const id = name.slice('efficacy/'.length);
  const playbook = playbooks.current().find((one) => one.id === id);
  return playbook && startsByItself(playbook)
    ? [{ name, playbook: playbook.name, rate: rateOf(outcomes, policy) }]
    : [];
}

/** Only calendars that a playbook goes by. */
function freezesAt({ playbooks, pure }: World, now: Instant): AutomationStatus['freezes'] {
  const current = playbooks.current();
  const calendars = new Set(current.flatMap(({ limits }) => limits.freeze.map(({ calendar }) => calendar)));
  return [...calendars].sort().flatMap((calendar) => {
    const freeze = pure.frozen(calendar, now);
    const frozen = current.filter(({ limits }) => limits.freeze.some((one) => one.calendar === calendar));
    return freeze ? [{ ...freeze, calendar, playbooks: frozen.map(({ name }) => name) }] : [];
  });
}

function spentBudget({ policy }: World, { key, value }: HeldClaim, now: Instant): AutomationStatus['spent'] {
  const { windowMs } = policy.guardrails.blastRadius;
  const changed = Object.entries(JSON.parse(value) as Changed).filter(([, when]) => now < when + windowMs);
  const name = guardName(key);
  const service = name.slice('blast/'.length);
  const allowed = mostHosts(policy, service);
  const hosts = changed.map(([host]) => host);
  return hosts.length >= allowed ? [{ name, service, hosts, most: allowed }] : [];
}
