/** Where a worker can die: before and after each write of a run, and before and after each thing that is done to the target. */
import { appendFileSync } from 'node:fs';
import type { Run } from '../../../src/domain/run.ts';
import type { EffectStore, StepAction, Store } from '../../../src/engine/ports.ts';
import type { World } from '../../../src/engine/world.ts';

export type Side = 'before' | 'after';

/** Called at each boundary: `what` happened so often in this process. */
export type AtBoundary = (boundary: string) => Promise<void>;

/** Names each boundary by what it is about and the how-manieth of its kind it is. */
export function counted(onBoundary: AtBoundary): (what: string, side: Side) => Promise<void> {
  const times = new Map<string, number>();
  return async (what, side) => {
    const key = `${side} ${what}`;
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    await onBoundary(`${key} #${time}`);
  };
}

export interface Watched {
  readonly at: ReturnType<typeof counted>;
  /** Hears of each state that a run was seen in. */
  seen?(run: Run): void;
}

export const watchedWorld = (world: World, watched: Watched): World => ({
  ...world,
  store: {
    ...world.store,
    commit: watchedCommit(world.store, watched),
    effects: watchedEffects(world.store.effects, watched),
  },
  actions: new Map([...world.actions].map(([id, action]) => [id, watchedAction(action, watched)])),
});

function watchedCommit(store: Store, { at, seen }: Watched): Store['commit'] {
  return async (change) => {
    if (change.kind !== 'run') return await store.commit(change);
    const what = `write of ${change.causes.map(nameOf).join(' and ') || 'news'}`;
    if (change.causes.some((cause) => 'hold' in cause && isShown(cause.hold.id))) return await store.commit(change);
    await at(what, 'before');
    const result = await store.commit(change);
    if (change.state && result.kind === 'committed') seen?.(change.state as unknown as Run);
    await at(what, 'after');
    return result;
  };
}

type Cause = Parameters<Store['commit']>[0]['causes'][number];

/** `run_step.run-1a2b.switch.1`: the id says what it is, and of which step. */
const nameOf = (cause: Cause): string =>
  cause.kind === 'effect' || cause.kind === 'holding'
    ? `${cause.kind === 'holding' ? 'beginning ' : ''}${aboutOf(cause.hold.id)}`
    : cause.kind;

function aboutOf(id: string): string {
  const [kind = '', , step] = id.split('.');
  return step === undefined || step.startsWith('run-') ? kind : `${kind} ${step}`;
}

/** Showing is the other suite's. */
const isShown = (id: string): boolean =>
  /^(refresh|post|pin|set|open|collect|upload|preview|remind)_|^(notify|invite|tell_incident)\b/.test(id);

function watchedEffects(effects: EffectStore, { at }: Watched): EffectStore {
  return {
    ...effects,
    begin: async (id, owner, leaseMs) => {
      if (isShown(id)) return await effects.begin(id, owner, leaseMs);
      await at(`claim of ${aboutOf(id)}`, 'before');
      const begun = await effects.begin(id, owner, leaseMs);
      if (begun) await at(`claim of ${aboutOf(id)}`, 'after');
      return begun;
    },
  };
}

const watchedAction = (action: StepAction, { at }: Watched): StepAction => ({
  ...action,
  execute: async (args, context) => {
    await at(`act of ${action.id}`, 'before');
    const outcome = await action.execute(told(action, args, context.attempt), context);
    await at(`act of ${action.id}`, 'after');
    return outcome;
  },
});

/** The target writes down which attempt it was. */
const told = (action: StepAction, args: Parameters<StepAction['execute']>[0], attempt: string) =>
  action.id === 'ssh.exec' && Array.isArray(args.argv) ? { ...args, argv: [...args.argv, attempt] } : args;

export const writtenTo =
  (diary: string): AtBoundary =>
  async (boundary) =>
    appendFileSync(diary, `${boundary}\n`);

/** SIGKILL, the first time that it is reached: no handler, no goodbye. */
export const dyingAt =
  (wanted: string): AtBoundary =>
  async (boundary) => {
    if (boundary !== wanted) return;
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  };
