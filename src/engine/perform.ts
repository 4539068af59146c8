/** One performer per effect: claims it, acts, and hands back what was learned. */

import { type Effect, subjectOf } from '../domain/effect.ts';
import { ChatFailure, StoreDown } from '../domain/failures.ts';
import type { EffectId, EventId, IncidentId, RunId } from '../domain/ids.ts';
import type { IncidentEventBody } from '../domain/incident.ts';
import { isNews } from '../domain/reason.ts';
import type { RunEventBody } from '../domain/run.ts';
import { approvalPerformers } from './perform/approvals.ts';
import { chatPerformers } from './perform/chat.ts';
import { evidencePerformers } from './perform/evidence.ts';
import { logPerformers } from './perform/logs.ts';
import { beganBy, type Learned, type Performer, type Performers, type Work } from './perform/performer.ts';
import { previewPerformers } from './perform/previews.ts';
import { questionPerformers } from './perform/questions.ts';
import { runPerformers } from './perform/runs.ts';
import { stepPerformers } from './perform/steps.ts';
import { timePerformers } from './perform/times.ts';
import type { Around, Receive } from './receive.ts';
import { wake } from './relay.ts';
import { surely } from './surely.ts';
import { leaseOf, type World } from './world.ts';

const performers = {
  ...approvalPerformers,
  ...chatPerformers,
  ...evidencePerformers,
  ...logPerformers,
  ...previewPerformers,
  ...questionPerformers,
  ...runPerformers,
  ...stepPerformers,
  ...timePerformers,
} satisfies Performers;

/** Every kind of effect that there is. */
export const effectKinds = Object.keys(performers) as readonly Effect['kind'][];

/** Performs one effect, if it is due and nobody else has it. Never throws: what fails stays open in the store. */
export function createPerform(world: World, receive: Receive): (id: EffectId) => Promise<void> {
  const failures = new Map<EffectId, number>();
  return async (id) => {
    try {
      const begun = await world.store.effects.begin(id, world, leaseOf(world));
      if (!begun) return;
      const { effect, hold, about } = begun;
      await performHeld({ world, receive, hold, about, failures }, effect);
    } catch (error) {
      if (!(error instanceof StoreDown))
        world.telemetry.log.error('an effect could not be performed', { effect: id, error });
    }
  };
}

/** Failures in a row of each effect, in this process: a wait for something is none, nor what went wrong last week. */
type Failures = Map<EffectId, number>;
type Held = Omit<Work, 'signal'> & { readonly failures: Failures };

async function performHeld(work: Held, effect: Effect): Promise<void> {
  const lost = new AbortController();
  const heartbeat = setInterval(() => void beat(work, lost), leaseOf(work.world) / 3);
  const began = performance.now();
  try {
    const learned = await attempt({ ...work, signal: lost.signal }, effect);
    // What it was told to stop for the sake of another worker says nothing of how it ended.
    const isWhole = !lost.signal.aborted;
    await surely(work.world, { effect: effect.id }, () => conclude(work, effect, { learned, isWhole }));
    work.world.telemetry.metrics.count('effects_total', { kind: effect.kind, outcome: outcomeOf(learned) });
  } finally {
    clearInterval(heartbeat);
    work.world.telemetry.metrics.observe('effect_seconds', (performance.now() - began) / 1000, { kind: effect.kind });
  }
}

async function beat({ world, hold }: Held, lost: AbortController): Promise<void> {
  const held = await world.store.effects.extend(hold, leaseOf(world)).catch(() => undefined);
  if (held === false) lost.abort(new Error('the claim on the effect was lost'));
}

async function attempt(work: Work & Held, effect: Effect): Promise<Learned> {
  try {
    // The table maps each kind to its own performer; the union cannot be followed by the compiler.
    const perform = performers[effect.kind] as Performer<Effect['kind']>;
    const learned = await perform(effect as never, work);
    work.failures.delete(effect.id);
    return learned;
  } catch (error) {
    if (error instanceof StoreDown) throw error;
    return afterFailure(work, effect, error);
  }
}

const mostFailures = 12;
const longestPauseMs = 30_000;

/** What may go better later is tried later; what never will is given up, and says so in the timeline. */
function afterFailure({ world, failures }: Held, effect: Effect, error: unknown): Learned {
  const count = (failures.get(effect.id) ?? 0) + 1;
  const isFinal = error instanceof ChatFailure ? !error.retryable : count >= mostFailures;
  if (isFinal) failures.delete(effect.id);
  else failures.set(effect.id, count);
  world.telemetry.metrics.count('effect_failures_total', { kind: effect.kind });
  world.telemetry.log.warn('an effect failed', { effect: effect.id, final: isFinal, error });
  if (isFinal) return givenUp(effect, error instanceof Error ? error.message : String(error));
  const asked = error instanceof ChatFailure ? error.retryAfterMs : 0;
  return { againInMs: asked || Math.min(longestPauseMs, 250 * 2 ** count) };
}

function givenUp(effect: Effect, why: string): Learned {
  if (effect.kind === 'open_channel') return { to: effect.incident, event: { kind: 'channel_refused', why } };
  return { to: subjectOf(effect), event: { kind: 'effect_given_up', effect: effect.kind, why } } as Learned;
}

/** The news and the end of the effect are one commit. */
async function conclude(
  { world, receive, hold, about }: Held,
  effect: Effect,
  { learned, isWhole }: { readonly learned: Learned; readonly isWhole: boolean },
): Promise<void> {
  if (learned === 'done') {
    const again = await world.store.effects.settle(hold, effect);
    return await wake(world, again ? [again] : []);
  }
  if ('againInMs' in learned) return await world.store.effects.release(hold, learned.againInMs, learned.nothingDone);
  const id = `${effect.id}#${hold.n}` as EventId;
  const { to, event, atOnce } = learned;
  const around: Around = { causes: [{ kind: 'effect', hold }], ...(atOnce && { loaded: about }) };
  const received = isForRun(learned)
    ? await receive.run(learned.to, { id, ...learned.event }, around)
    : await receive.incident(to as IncidentId, { id, ...(event as IncidentEventBody) }, around);
  if (!received.lost) return;
  const late =
    isWhole && isForRun(learned) && (await toldLate(receive, learned, { id, began: beganBy(effect.id, hold) }));
  // Another worker has the effect by now, and what it learns counts.
  if (!late) world.telemetry.log.warn('came too late: the claim on the effect was lost', { effect: effect.id });
}

/** The attempt may still be as this worker began it, or nobody knows how it ended: then what it knows counts (decision 013). */
async function toldLate(
  receive: Receive,
  { to, event }: { readonly to: RunId; readonly event: RunEventBody },
  { id, began }: { readonly id: EventId; readonly began: EventId },
): Promise<boolean> {
  if (event.kind !== 'step_finished' || event.outcome.kind === 'unknown') return false;
  const { reason } = await receive.run(to, { id, ...event, began }, { causes: [{ kind: 'event', event: id }] });
  return isNews(reason);
}

const isForRun = (
  learned: Exclude<Learned, string | { againInMs: number }>,
): learned is { to: RunId; event: RunEventBody } => learned.to.startsWith('run-');

const outcomeOf = (learned: Learned): string =>
  learned === 'done' ? 'done' : 'againInMs' in learned ? 'later' : learned.event.kind;
