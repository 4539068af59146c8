/** Webhooks as the worst network delivers them, and the simple model of what must be true in the end. */
import fc from 'fast-check';
import { memoryBlobs } from '../../src/blobs/memory.ts';
import type { Alert, AlertGroup } from '../../src/domain/alert.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Telemetry } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';
import { pureFunctions } from '../../src/playbooks/pure.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { alertmanager } from '../../src/sources/alertmanager.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { firing, group, nine, resolved, webhook } from '../support/alerts.ts';
import { fakeChat } from '../support/fake-chat.ts';
import { policy } from '../support/scenario.ts';

/** What really happened: each alert fires and ends, once or several times; the last firing may go on. */
interface History {
  readonly alerts: readonly { readonly spans: readonly (readonly [number, number])[]; readonly goesOn: boolean }[];
  /** How it is delivered. */
  readonly seed: number;
}

const span = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));

const histories: fc.Arbitrary<History> = fc.record({
  alerts: fc.array(fc.record({ spans: fc.array(span, { minLength: 1, maxLength: 3 }), goesOn: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  seed: fc.nat(),
});

const unitMs = 10_000;
/** Long enough that nothing ends by time alone. */
const dayMs = 86_400_000;

/** What Alertmanager was told at some time. */
interface Told {
  readonly at: number;
  readonly alert: Alert;
}

function truth({ alerts }: History): readonly Told[] {
  return alerts.flatMap(({ spans, goesOn }, index) => {
    const name = `a${index}`;
    let at = 0;
    return spans.flatMap(([quiet, burning], nth): readonly Told[] => {
      const from = at + quiet;
      at = from + burning;
      const startsAt = nine + from * unitMs;
      const begins = { at: from, alert: firing(name, { startsAt }) };
      if (goesOn && nth === spans.length - 1) return [begins];
      return [begins, { at, alert: resolved(name, { startsAt, endsAt: nine + at * unitMs }) }];
    });
  });
}

/** The model: the last word on each alert, whatever came when. */
function lastWords(told: readonly Told[]): readonly Alert[] {
  const last = new Map<string, Alert>();
  for (const { alert } of [...told].sort((one, other) => one.at - other.at)) last.set(alert.fingerprint, alert);
  return [...last.values()];
}

const stillFiring = (told: readonly Told[]): readonly string[] =>
  lastWords(told)
    .filter(({ status }) => status === 'firing')
    .map(({ fingerprint }) => fingerprint);

/** A small generator with a seed (mulberry32): the same case looks the same each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** Two groups of one service: an alert is always of the same. */
const groupOf = ({ fingerprint }: Alert): string =>
  /[02468]$/.test(fingerprint) ? '{}:{alertname="ShopDown"}' : '{}:{alertname="ShopSlow"}';

/** Each told once or more, alone or with what else was so at that time, in some order, some of it much later. */
function deliveries(told: readonly Told[], roll: (sides: number) => number): readonly AlertGroup[] {
  const posted = told.flatMap(({ at, alert }) => {
    const known = lastWords(told.filter((other) => other.at <= at && groupOf(other.alert) === groupOf(alert)));
    const alerts = [...known.filter(({ fingerprint }) => fingerprint !== alert.fingerprint && !roll(3)), alert];
    const over = { groupKey: groupOf(alert) };
    const lateness = () => (roll(4) ? roll(3) : roll(40));
    return Array.from({ length: 1 + roll(3) }, () => ({ at: at + lateness(), group: group(alerts, over) }));
  });
  return posted.sort((one, other) => one.at - other.at).map((one) => one.group);
}

async function play(history: History): Promise<void> {
  const roll = dice(history.seed);
  const told = truth(history);
  const site = await open();
  await site.deliver(deliveries(told, roll), roll);
  const wanted = stillFiring(told);
  await site.mustBe(wanted);
  const before = await site.picture();
  await site.deliver(deliveries(told, roll), roll);
  await site.mustBe(wanted);
  const after = await site.picture();
  if (before !== after) throw new Error(`what was known already changed something:\n${before}\n${after}`);
}

async function open() {
  const clock = { now: nine };
  const chat = fakeChat();
  const queue = memoryQueue();
  const store = memoryStore({ now: () => clock.now });
  const source = alertmanager('am');
  const patient = { lateMs: dayMs, graceMs: dayMs, joinWindowMs: dayMs, closeAfterMs: dayMs };
  const world: World = {
    ...{ store, queue, chat, telemetry: silent, blobs: memoryBlobs(), pure, evidence: [], owner: 'model' },
    policy: { ...policy, ...patient },
    playbooks: { current: () => [], problems: () => [], commit: () => undefined },
    actions: new Map(),
    sources: new Map([['am', source]]),
    secrets: { read: () => Promise.reject(new Error('no secret is known here')) },
    pagers: [],
  };
  const engine = createEngine(world);
  await queue.work(engine.perform, 1);
  const incidents = async (): Promise<readonly Incident[]> => {
    const ids = await store.list('incident', 'all', 10);
    return await Promise.all(ids.map(async (id) => (await store.load(id)).state as unknown as Incident));
  };

  async function deliver(groups: readonly AlertGroup[], roll: (sides: number) => number): Promise<void> {
    for (const one of groups) {
      clock.now += 200;
      const body = webhook(one);
      // Some are only stored, as by a process that died: the sweep finds them.
      if (roll(8)) await engine.inbox.deliver({ source: 'am', body, groups: source.parse(body) });
      else await store.inbox.put('am', body);
      // Some are decided together.
      if (roll(3)) await engine.inbox.idle();
      if (!roll(10)) await engine.inbox.sweep();
    }
    await engine.inbox.idle();
    clock.now += 3_000;
    await engine.inbox.sweep();
    await queue.drain(clock.now);
  }

  return {
    deliver,
    // How many are over may still grow: an end that came before any incident is counted when it is told again.
    picture: async () => {
      const shown = (await incidents()).map(({ id, status, counts, openedAt }) => [
        id,
        status,
        counts.firing,
        openedAt,
      ]);
      return JSON.stringify([shown, chat.posts.map(({ key }) => key)]);
    },
    mustBe: async (burning: readonly string[]) => {
      const all = await incidents();
      const [incident] = all;
      if (all.length > 1) throw new Error(`${all.length} incidents were opened`);
      if (!incident && burning.length) throw new Error(`no incident, though ${burning.join(', ')} fire`);
      if (await store.inbox.size()) throw new Error('something was left in the inbox');
      if (!incident) return;
      const records = await store.topAlerts(incident.id, 100);
      const known = records.filter(({ status }) => status === 'firing').map(({ fingerprint }) => fingerprint);
      if ([...known].sort().join() !== [...burning].sort().join())
        throw new Error(`${known.join(', ')} are thought to fire, and ${burning.join(', ')} do`);
      if (incident.counts.firing !== burning.length)
        throw new Error(`the card counts ${incident.counts.firing} firing`);
      if ((incident.quietSince === undefined) !== burning.length > 0) throw new Error('quiet, and not quiet');
      const keys = chat.posts.map(({ key }) => key);
      if (new Set(keys).size < keys.length) throw new Error(`posted twice: ${keys.join(', ')}`);
    },
  };
}

const pure = pureFunctions({ hosts: [] });
const silent: Telemetry = {
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  metrics: { count: () => undefined, observe: () => undefined },
};

/** Throws with the smallest history that breaks it. */
export async function checkModel(runs: number, seed: number): Promise<void> {
  await fc.assert(fc.asyncProperty(histories, play), { numRuns: runs, seed });
}
