/** Stands between the engine and the world, and kills the process at one boundary, the first time that it is reached. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Cause, Change, EffectHold, EffectStore, Inbox, StepAction, Store } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { type Cut, onceStep } from './cuts.ts';

/** Long enough for an answer that was given to be on its way. */
const answeredMs = 150;

/** SIGKILL: no handler, no goodbye. What follows is never reached. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

export function cutAt(cut: Cut, world: World): World {
  const { store } = world;
  return {
    ...world,
    store: {
      ...store,
      inbox: cutInbox(cut, store.inbox),
      effects: cutEffects(cut, store.effects),
      ...cutCommit(cut, store),
    },
  };
}

function cutInbox(cut: Cut, inbox: Inbox): Inbox {
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

function cutEffects(cut: Cut, effects: EffectStore): EffectStore {
  return {
    ...effects,
    begin: async (id, owner, leaseMs) => {
      if (isOf(cut, id) && cut.moment === 'before_claim') await die();
      const begun = await effects.begin(id, owner, leaseMs);
      if (begun && isOf(cut, id) && cut.moment === 'after_claim') await die();
      return begun;
    },
    settle: async (hold) => {
      await atEnd(cut, hold, 'after_act');
      const again = await effects.settle(hold);
      await atEnd(cut, hold, 'after_commit');
      return again;
    },
  };
}

async function atEnd(cut: Cut, { id }: EffectHold, moment: 'after_act' | 'after_commit'): Promise<void> {
  if (isOf(cut, id) && cut.moment === moment) await die();
}

function cutCommit(cut: Cut, store: Store): Pick<Store, 'commit'> {
  return {
    commit: async (change) => {
      await beforeCommit(cut, change);
      const result = await store.commit(change);
      if (result.kind === 'committed') await afterCommit(cut, change);
      return result;
    },
  };
}

async function beforeCommit(cut: Cut, { causes }: Change): Promise<void> {
  for (const cause of causes) {
    if (cause.kind === 'effect') await atEnd(cut, cause.hold, 'after_act');
    if (isClick(cause) && cut.at === 'click' && cut.moment === 'before_commit') await die();
    if (cause.kind === 'inbox' && cut.at === 'inbox' && cut.moment === 'after_202') {
      await pause(answeredMs);
      await die();
    }
  }
}

async function afterCommit(cut: Cut, { causes }: Change): Promise<void> {
  for (const cause of causes) {
    if (cause.kind === 'effect') await atEnd(cut, cause.hold, 'after_commit');
    if (isClick(cause) && cut.at === 'click' && cut.moment === 'after_commit') await die();
    if (cause.kind === 'inbox' && cut.at === 'inbox' && cut.moment === 'after_decide') await die();
    if (cause.kind === 'holding' && isOf(cut, cause.hold.id) && cut.at === 'effect' && cut.moment === 'attempt_written')
      await die();
  }
}

const isClick = (cause: Cause): boolean => cause.kind === 'event' && cause.event.startsWith('slack:');

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
