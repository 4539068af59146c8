/** Decide and commit: load, decide, write it all at once; decided again where another process was first. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Claim, isScheduledKey } from '../domain/claim.ts';
import type { Decision } from '../domain/facts.ts';
import { Outrun } from '../domain/failures.ts';
import type { AggregateId, Instant } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { isNews, type Reason } from '../domain/reason.ts';
import { countTurn } from './count.ts';
import type { Cause, Change, CommitResult, Loaded } from './ports.ts';
import { wake } from './relay.ts';
import { type InFile, singleFile } from './single-file.ts';
import type { World } from './world.ts';

export interface Received {
  readonly reason: Reason;
  readonly detail?: string;
  /** The claim that stood in the way, and who holds it. */
  readonly blocked?: { readonly key: string; readonly by: string };
  /** The effect's claim was lost: another worker has it. */
  readonly lost?: boolean;
  /** How it stands now, where something was committed. */
  readonly after?: Loaded;
}

export interface Deciding<State> {
  readonly id: AggregateId;
  readonly kind: Change['kind'];
  readonly causes: readonly Cause[];
  /** As it was read a moment ago; read again where it has changed since. */
  readonly loaded?: Loaded | undefined;
  readonly decide: (loaded: Loaded) => Promise<Decision<State>>;
  readonly isOpen: (state: State) => boolean;
  /** Where the reason means that this was the wrong address, nothing is written and no cause is used up. */
  readonly isReturned?: (reason: Reason) => boolean;
}

const tries = 40;

/** Counters that many want at once: who was outrun there waits in line from then on. */
const files = new WeakMap<World['store'], InFile>();
const fileOf = ({ store }: World): InFile => {
  const file = files.get(store) ?? singleFile();
  files.set(store, file);
  return file;
};

/** Decide is pure, so deciding again after a conflict is safe. */
export async function decideAndCommit<State extends object>(
  world: World,
  deciding: Deciding<State>,
): Promise<Received> {
  const gone = new Set<string>();
  let wanted = '';
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const known = attempt === 0 ? deciding.loaded : undefined;
    const outcome = await fileOf(world)(wanted, async () =>
      tried(world, { deciding, gone, loaded: known ?? (await world.store.load(deciding.id)) }),
    );
    if ('received' in outcome) return outcome.received;
    wanted = outcome.outrunAt || wanted;
    world.telemetry.metrics.count('commit_conflicts_total', { kind: deciding.kind });
    await pause(Math.random() * 4);
  }
  throw new Outrun(`${deciding.id}: others were faster ${tries} times in a row; try again`);
}

type Tried = { readonly received: Received } | { readonly outrunAt: string };

interface Trying<State> {
  readonly deciding: Deciding<State>;
  readonly loaded: Loaded;
  readonly gone: Set<string>;
}

async function tried<State extends object>(world: World, { deciding, loaded, gone }: Trying<State>): Promise<Tried> {
  const decision = withoutGone(await deciding.decide(loaded), gone);
  const isNothing = isEmpty(decision, loaded) && !deciding.causes.length;
  if (isNothing || deciding.isReturned?.(decision.reason)) return { received: receivedFrom(decision) };
  const result = await world.store.commit(changeOf(deciding, { decision, loaded }));
  if (result.kind === 'conflict') return { outrunAt: '' };
  if (result.kind === 'claimed_by_other' && isPassing(result, { decision, gone })) return { outrunAt: result.key };
  if (result.kind === 'committed') told(world, deciding, { decision, loaded });
  return { received: await concluded(world, { decision, loaded }, result) };
}

/** What is no longer held cannot be given back; that must keep nothing from ending. */
function withoutGone<State>(decision: Decision<State>, gone: ReadonlySet<string>): Decision<State> {
  if (!gone.size) return decision;
  return { ...decision, claims: decision.claims.filter((claim) => !(isGivenBack(claim) && gone.has(claim.key))) };
}

const isGivenBack = ({ expect, set, again }: Claim): boolean =>
  typeof expect === 'string' && set === null && again !== true;

/** A claim that stands in the way of this decision only: the next one looks at what it holds now. */
function isPassing<State>(
  { key }: { readonly key: string },
  { decision, gone }: { readonly decision: Decision<State>; readonly gone: Set<string> },
): boolean {
  const claims = decision.claims.filter((claim) => claim.key === key);
  if (!claims.some(isGivenBack)) return claims.some(({ again }) => again === true);
  gone.add(key);
  return true;
}

function isEmpty<State>({ state, effects, claims, history, records }: Decision<State>, loaded: Loaded): boolean {
  const same = state === undefined || (state as unknown) === loaded.state;
  return same && !effects.length && !claims.length && !history.length && !records?.length;
}

function changeOf<State extends object>(
  { id, kind, causes, isOpen }: Deciding<State>,
  { decision, loaded }: { decision: Decision<State>; loaded: Loaded },
): Change {
  const { state, effects, claims, history, records, over } = decision;
  const moved = state !== undefined && (state as unknown) !== loaded.state;
  return {
    id,
    kind,
    version: loaded.version,
    open: state !== undefined && isOpen(state),
    causes,
    claims,
    effects,
    history,
    records: records ?? [],
    ...(moved && { state: state as unknown as JsonObject }),
    ...(over && { over }),
  };
}

/** What is news, under the names that people search a log for. */
function logged<State extends object>(
  { telemetry }: World,
  { id, kind }: Deciding<State>,
  { reason, detail, state }: Decision<State>,
): void {
  if (!isNews(reason)) return;
  const incident = state && 'incident' in state ? { incident: state.incident } : {};
  telemetry.log.info('decided', { [kind]: id, ...incident, reason, detail });
}

function told<State extends object>(
  world: World,
  deciding: Deciding<State>,
  { decision, loaded }: { decision: Decision<State>; loaded: Loaded },
): void {
  logged(world, deciding, decision);
  const { kind, isOpen } = deciding;
  countTurn(world, { kind, before: loaded, after: decision.state, isOpen: (state) => isOpen(state as State) });
}

async function concluded<State>(
  world: World,
  { decision, loaded }: { decision: Decision<State>; loaded: Loaded },
  result: Exclude<CommitResult, { kind: 'conflict' }>,
): Promise<Received> {
  world.telemetry.metrics.count('decisions_total', {
    reason: result.kind === 'committed' ? decision.reason : result.kind,
  });
  switch (result.kind) {
    case 'committed':
      await wake(world, result.fresh, result.now);
      return { ...receivedFrom(decision), after: afterwards(result, decision.state ?? loaded.state) };
    case 'claimed_by_other':
      return { reason: reasonOf(result.key), blocked: { key: result.key, by: result.value ?? '' } };
    case 'repeated':
      return { reason: 'repeated' };
    case 'lost':
      return { reason: 'repeated', lost: true };
  }
}

const afterwards = ({ version, now }: { version: number; now: Instant }, state: unknown): Loaded => ({
  ...{ version, now },
  state: state as JsonObject | undefined,
});

const receivedFrom = <State>({ reason, detail }: Decision<State>): Received => ({
  reason,
  ...(detail !== undefined && { detail }),
});

function reasonOf(key: string): Reason {
  if (key === 'stop') return 'automation_stopped';
  if (isScheduledKey(key)) return 'schedule_busy';
  return key.startsWith('active/') ? 'run_exists' : 'target_busy';
}
