/** Webhooks: written whole before they are acknowledged, then decided; what stays behind is swept. */
import type { AlertGroup } from '../domain/alert.ts';
import { BadWebhook, StoreDown } from '../domain/failures.ts';
import type { EventId } from '../domain/ids.ts';
import type { Arrival } from './alerts.ts';
import type { Received } from './commit.ts';
import { createTurnstile } from './turnstile.ts';
import type { World } from './world.ts';

export interface Delivery {
  readonly source: string;
  readonly body: Buffer;
  readonly groups: readonly AlertGroup[];
}

export interface InboxDoor {
  /** Resolves once the webhook is durable; deciding goes on behind. Throws `StoreDown`. */
  deliver(delivery: Delivery): Promise<void>;
  /** Decides what another process, or this one before it died, left in the inbox. */
  sweep(): Promise<void>;
  /** What is being decided at this moment. */
  idle(): Promise<void>;
}

const staleAfterMs = 2_000;
const sweptAtOnce = 50;
const unreadableForMs = 600_000;

export function createInbox(world: World, alerts: (arrival: Arrival) => Promise<Received>): InboxDoor {
  const turnstile = createTurnstile();
  const underWay = new Set<Promise<void>>();
  const decide = async (entry: string, groups: readonly AlertGroup[]): Promise<void> => {
    const alone = groups.length === 1;
    await Promise.all(
      groups.map((group, at) => {
        const event = `in-${entry}-${at}` as EventId;
        return alerts({ event, group, cause: alone ? { kind: 'inbox', entry } : { kind: 'event', event } });
      }),
    );
    if (!alone) await world.store.inbox.drop(entry);
  };
  const behind = (entry: string, groups: readonly AlertGroup[]): void => {
    const work = turnstile
      .calm()
      .then(() => decide(entry, groups))
      .catch((error: unknown) => world.telemetry.log.warn('left in the inbox for the sweep', { entry, error }))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };
  return {
    deliver: async ({ source, body, groups }) => {
      const entry = await turnstile.arrive(world.store.inbox.put(source, body));
      world.telemetry.metrics.count(
        'alerts_total',
        { source },
        groups.reduce((sum, { alerts: some }) => sum + some.length, 0),
      );
      behind(entry, groups);
    },
    sweep: async () => {
      for (const { entry, source, body } of await world.store.inbox.stale(staleAfterMs, sweptAtOnce)) {
        const groups = parsed(world, source, body);
        if (groups) await decide(entry, groups).catch((error: unknown) => passOver(world, entry, error));
        else await dropIfOld(world, entry, source);
      }
    },
    idle: async () => {
      await Promise.all(underWay);
    },
  };
}

/** One entry that cannot be decided must not keep the others waiting; it is tried again by the next sweep. */
function passOver({ telemetry }: World, entry: string, error: unknown): void {
  if (error instanceof StoreDown) throw error;
  telemetry.log.error('an inbox entry could not be decided; the next sweep tries again', { entry, error });
}

/** A process with a newer version or configuration may still read it: only what nobody could read for long is dropped. */
async function dropIfOld({ store, telemetry }: World, entry: string, source: string): Promise<void> {
  const old = await store.inbox.stale(unreadableForMs, sweptAtOnce);
  if (!old.some((other) => other.entry === entry)) return;
  telemetry.log.error('an inbox entry that no process could read is dropped', { source, entry });
  await store.inbox.drop(entry);
}

/** It was parsed before it was stored, so a body that does not parse comes from another version of Tocsin. */
function parsed({ sources, telemetry }: World, source: string, body: Buffer): readonly AlertGroup[] | undefined {
  try {
    const from = sources.get(source);
    if (!from) throw new BadWebhook('', `no source \`${source}\` is configured any more`);
    return from.parse(body);
  } catch (error) {
    if (error instanceof StoreDown) throw error;
    telemetry.log.warn('an inbox entry cannot be read here', { source, error, bytes: body.length });
    return undefined;
  }
}
