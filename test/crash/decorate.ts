/** Stands between the engine and the world, and kills the process at one boundary, the first time that it is reached. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cause, EffectHold, EffectStore, Inbox, StepAction, Store } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { type Cut, onceStep } from './cuts.ts';

/** Long enough for an answer that was given to be on its way. */
const answeredMs = 150;

export interface Death {
  readonly cut: Cut;
  readonly epitaph: string;
}

/** Steps between the attempt and the outcome: whoever is killed meanwhile leaves it open what became of them. */
const underWay = new Set<string>();

/** SIGKILL: no handler, no goodbye. What follows is never reached. */
export function die(epitaph: string): Promise<never> {
  writeFileSync(epitaph, [...underWay].join('\n'));
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

export function cutAt({ cut, epitaph }: Death, world: World): World {
  const { store } = world;
  const dies = () => die(epitaph);
  return {
    ...world,
    store: {
      ...store,
      inbox: cutInbox(cut, dies, store.inbox),
      effects: cutEffects(cut, dies, store.effects),
      ...cutCommit(cut, dies, store),
    },
  };
}

type Die = () => Promise<never>;

function cutInbox(cut: Cut, die: Die, inbox: Inbox): Inbox {
  if (cut.at !== 'inbox') return inbox;
  return {
    ...inbox,
    put: async (source, body) => {
      if (cut.moment === 'before_put') await die();
      const entry = await inbox.put(source, body);
      if (cut.moment === 'after_put') await die();
      return entry;
    },
  };
}

/** `run_step.run-1a2b.switch.1`: the id says what it is. */
const isOf = (cut: Cut, id: string): boolean => {
  if (cut.at !== 'effect') return false;
  const [kind, , step] = id.split('.');
  return kind === cut.kind && (cut.step === undefined ? step !== onceStep || kind !== 'run_step' : step === cut.step);
};

function cutEffects(cut: Cut, die: Die, effects: EffectStore): EffectStore {
  return {
    ...effects,
    begin: async (id, owner, leaseMs) => {
      if (isOf(cut, id) && cut.moment === 'before_claim') await die();
      const begun = await effects.begin(id, owner, leaseMs);
      if (begun && isOf(cut, id) && cut.moment === 'after_claim') await die();
      return begun;
    },
    settle: async (hold, effect) => {
      if (endsAt(cut, hold, 'after_act')) await die();
      const again = await effects.settle(hold, effect);
      if (endsAt(cut, hold, 'after_commit')) await die();
      return again;
    },
  };
}

const endsAt = (cut: Cut, { id }: EffectHold, moment: 'after_act' | 'after_commit'): boolean =>
  isOf(cut, id) && cut.moment === moment;

function cutCommit(cut: Cut, die: Die, store: Store): Pick<Store, 'commit'> {
  return {
    commit: async (change) => {
      for (const cause of change.causes) {
        if (cause.kind === 'holding') underWay.add(cause.hold.id);
        if (cut.at === 'inbox' && cause.kind === 'inbox' && cut.moment === 'after_202') await pause(answeredMs);
        if (isBefore(cut, cause)) await die();
      }
      const result = await store.commit(change);
      for (const cause of change.causes) {
        if (result.kind === 'committed' && isAfter(cut, cause)) await die();
        if (cause.kind === 'effect') underWay.delete(cause.hold.id);
      }
      return result;
    },
  };
}

const isBefore = (cut: Cut, cause: Cause): boolean =>
  (cause.kind === 'effect' && endsAt(cut, cause.hold, 'after_act')) ||
  (cause.kind === 'inbox' && cut.at === 'inbox' && cut.moment === 'after_202') ||
  (isClick(cause) && cut.at === 'click' && cut.moment === 'before_commit');

const isAfter = (cut: Cut, cause: Cause): boolean =>
  (cause.kind === 'effect' && endsAt(cut, cause.hold, 'after_commit')) ||
  (cause.kind === 'inbox' && cut.at === 'inbox' && cut.moment === 'after_decide') ||
  (isClick(cause) && cut.at === 'click' && cut.moment === 'after_commit') ||
  (cause.kind === 'holding' && isOf(cut, cause.hold.id) && cut.moment === 'attempt_written');

const isClick = (cause: Cause): boolean => cause.kind === 'event' && cause.event.startsWith('slack:');

/** Writes down each kind of effect that is begun. */
export const withDiary = (diary: string, world: World): World => {
  const { effects } = world.store;
  const begin: EffectStore['begin'] = async (id, owner, leaseMs) => {
    const begun = await effects.begin(id, owner, leaseMs);
    if (begun) appendFileSync(diary, `${begun.effect.kind}\n`);
    return begun;
  };
  return { ...world, store: { ...world.store, effects: { ...effects, begin } } };
};

/** The target writes down which attempt called: the id goes along as the last argument. */
export const withAttempts = (world: World): World => ({
  ...world,
  actions: new Map([...world.actions].map(([id, action]) => [id, id === 'ssh.exec' ? tellingAttempt(action) : action])),
});

const tellingAttempt = (action: StepAction): StepAction => ({
  ...action,
  execute: ({ argv, ...args }, context) =>
    action.execute({ ...args, argv: [...(Array.isArray(argv) ? argv : []), context.attempt] }, context),
});

/** Versions that are wrong on purpose: a suite that passes them is worth nothing. */
export const flaws = {
  none: (world) => world,
  /** Never looks whether an earlier worker posted before it died. */
  posts_blindly: (world) => ({
    ...world,
    chat: { ...world.chat, post: (post) => world.chat.post({ ...post, maybePosted: false }) },
  }),
  /** Acknowledges what it has not written. */
  keeps_in_mind: (world) => ({
    ...world,
    store: { ...world.store, inbox: { ...world.store.inbox, put: async () => '0-0~nowhere' } },
  }),
} satisfies Readonly<Record<string, (world: World) => World>>;

export type Flaw = keyof typeof flaws;
