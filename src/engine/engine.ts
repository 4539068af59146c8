/** The whole flow: an event comes in, is decided and committed, wakes a worker, is performed, and comes back as an event. */
import { createAlerts } from './alerts.ts';
import { archiveEnded } from './archive.ts';
import { createDesk } from './desk.ts';
import { createInbox, type InboxDoor } from './inbox.ts';
import { sweepBlobs } from './needed.ts';
import { createPerform } from './perform.ts';
import type { Desk } from './ports.ts';
import { attend } from './presence.ts';
import { createReceive } from './receive.ts';
import { reconcile, repeatedly } from './relay.ts';
import { lookBack } from './rewound.ts';
import { createSchedules, type Schedules } from './schedules.ts';
import { takeOver } from './take-over.ts';
import { tellUnclaimed } from './unclaimed.ts';
import type { World } from './world.ts';

export interface Engine {
  /** Webhooks. */
  readonly inbox: InboxDoor;
  /** People. */
  readonly desk: Desk;
  /** One effect by its id, as the queue names it. */
  readonly perform: ReturnType<typeof createPerform>;
  /** The clock. */
  readonly schedules: Schedules;
  /** Wakes again what nobody picked up, and tells runs whose step nobody can. */
  reconcile(): Promise<void>;
  /** Begins to work, to wake and to sweep; the answer stops all of it. */
  start(concurrency: number): Promise<() => Promise<void>>;
}

export function createEngine(world: World): Engine {
  const receive = createReceive(world);
  const inbox = createInbox(world, createAlerts(world));
  const perform = createPerform(world, receive);
  const schedules = createSchedules(world, receive);
  const sweep = async () => tellUnclaimed(world, receive, await reconcile(world));
  const start = async (concurrency: number) => {
    await lookBack(world, receive);
    const leave = await attend(world);
    await world.queue.work(perform, concurrency);
    const stops = [
      leave,
      repeatedly(world, { everyMs: 200, what: 'waking what nobody remembered' }, sweep),
      repeatedly(world, { everyMs: 1_000, what: 'taking over from the dead' }, () => takeOver(world)),
      repeatedly(world, { everyMs: 1_000, what: 'sweeping the inbox' }, () => inbox.sweep()),
      repeatedly(world, { everyMs: 1_000, what: 'following schedules' }, () => schedules.tick()),
      repeatedly(world, { everyMs: 1_000, what: 'looking whether Redis went back' }, () => lookBack(world, receive)),
      repeatedly(world, { everyMs: 3_600_000, what: 'archiving what ended long ago' }, () => archiveEnded(world)),
      repeatedly(world, { everyMs: 3_600_000, what: 'removing blobs that nobody needs' }, () => sweepBlobs(world)),
    ];
    return async () => {
      await Promise.all(stops.map((stop) => stop()));
      await inbox.idle();
    };
  };
  return { inbox, desk: createDesk(world, receive), perform, schedules, reconcile: sweep, start };
}
