/** One performer per effect: claims it, acts, and hands back what was learned. */

import type { Effect } from '../domain/effect.ts';
import { ChatFailure, StoreDown } from '../domain/failures.ts';
import type { EffectId, EventId, IncidentId, RunId } from '../domain/ids.ts';
import type { IncidentEventBody } from '../domain/incident.ts';
import type { RunEventBody } from '../domain/run.ts';
import { chatPerformers } from './perform/chat.ts';
import { evidencePerformers } from './perform/evidence.ts';
import type { Learned, Performer, Performers, Work } from './perform/performer.ts';
import { runPerformers } from './perform/runs.ts';
import { timePerformers } from './perform/times.ts';
import type { Receive } from './receive.ts';
import { wake } from './relay.ts';
import type { World } from './world.ts';

const performers = {
  ...chatPerformers,
  ...evidencePerformers,
  ...runPerformers,
  ...timePerformers,
} satisfies Performers;

const leaseMs = 15_000;

/** Performs one effect, if it is due and nobody else has it. Never throws: what fails stays open in the store. */
export function createPerform(world: World, receive: Receive): (id: EffectId) => Promise<void> {
  return async (id) => {
    try {
      const begun = await world.store.effects.begin(id, world.owner, leaseMs);
      if (begun) await performHeld({ world, receive, hold: begun.hold }, begun.effect);
    } catch (error) {
      if (!(error instanceof StoreDown))
        world.telemetry.log.error('an effect could not be performed', { effect: id, error });
    }
  };
}

async function performHeld(work: Omit<Work, 'signal'>, effect: Effect): Promise<void> {
  const lost = new AbortController();
  const heartbeat = setInterval(() => void beat(work, lost), leaseMs / 3);
  const began = performance.now();
  try {
    const learned = await attempt({ ...work, signal: lost.signal }, effect);
    await conclude(work, effect, learned);
    work.world.telemetry.metrics.count('effects_total', { kind: effect.kind, outcome: outcomeOf(learned) });
  } finally {
    clearInterval(heartbeat);
    work.world.telemetry.metrics.observe('effect_seconds', (performance.now() - began) / 1000, { kind: effect.kind });
  }
}

async function beat({ world, hold }: Omit<Work, 'signal'>, lost: AbortController): Promise<void> {
  const held = await world.store.effects.extend(hold, leaseMs).catch(() => undefined);
  if (held === false) lost.abort(new Error('the claim on the effect was lost'));
}

async function attempt(work: Work, effect: Effect): Promise<Learned> {
  try {
    // The table maps each kind to its own performer; the union cannot be followed by the compiler.
    const perform = performers[effect.kind] as Performer<Effect['kind']>;
    return await perform(effect as never, work);
  } catch (error) {
    if (error instanceof StoreDown) throw error;
    return afterFailure(work, effect, error);
  }
}

const mostBegins = 12;

/** What may go better later is tried later; what never will is given up, and says so in the timeline. */
function afterFailure({ world, hold }: Work, effect: Effect, error: unknown): Learned {
  const isFinal = error instanceof ChatFailure ? !error.retryable : hold.n >= mostBegins;
  world.telemetry.log.warn('an effect failed', { effect: effect.id, final: isFinal, error });
  if (isFinal) return givenUp(effect, error instanceof Error ? error.message : String(error));
  const asked = error instanceof ChatFailure ? error.retryAfterMs : 0;
  return { againInMs: Math.max(asked, Math.min(30_000, 250 * 2 ** Math.min(hold.n, 7))) };
}

function givenUp(effect: Effect, why: string): Learned {
  if (effect.kind === 'open_channel') return { to: effect.incident, event: { kind: 'channel_refused', why } };
  const event = { kind: 'effect_given_up', effect: effect.kind, why } as const;
  return 'incident' in effect ? { to: effect.incident, event } : { to: effect.run, event };
}

/** The news and the end of the effect are one commit. */
async function conclude(
  { world, receive, hold }: Omit<Work, 'signal'>,
  effect: Effect,
  learned: Learned,
): Promise<void> {
  if (learned === 'done') {
    const again = await world.store.effects.settle(hold);
    return await wake(world, again ? [again] : []);
  }
  if ('againInMs' in learned) return await world.store.effects.release(hold, learned.againInMs);
  const id = `${effect.id}#${hold.n}` as EventId;
  const causes = [{ kind: 'effect', hold }] as const;
  const { to, event } = learned;
  if (isForRun(learned)) await receive.run(learned.to, { id, ...learned.event }, causes);
  else await receive.incident(to as IncidentId, { id, ...(event as IncidentEventBody) }, causes);
}

const isForRun = (
  learned: Exclude<Learned, string | { againInMs: number }>,
): learned is { to: RunId; event: RunEventBody } => learned.to.startsWith('run-');

const outcomeOf = (learned: Learned): string =>
  learned === 'done' ? 'done' : 'againInMs' in learned ? 'later' : learned.event.kind;
