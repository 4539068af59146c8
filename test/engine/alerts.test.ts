/** Alert groups on their way: folded into one decision, and two processes that agree by claims. */
import { describe, expect, test } from 'vitest';
import type { AlertGroup } from '../../src/domain/alert.ts';
import { StoreDown } from '../../src/domain/failures.ts';
import type { EventId, IncidentId } from '../../src/domain/ids.ts';
import { type Arrival, createAlerts, fold } from '../../src/engine/alerts.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { alertmanager } from '../../src/sources/alertmanager.ts';
import { firing, group, nine, resolved, webhook } from '../support/alerts.ts';
import { facts, incident } from '../support/facts.ts';
import { alice } from '../support/people.ts';
import { type Stage, stage } from '../support/scenario.ts';

const arrival = (name: string, of: AlertGroup): Arrival => ({
  event: name as EventId,
  group: of,
  cause: { kind: 'event', event: name as EventId },
});
const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => group([firing(`a${at}`)], { groupKey: `group-${at}` }));

describe('folding', () => {
  test('decides one after the other, each on what the one before made true', () => {
    const arrivals = [group([firing('a')]), group([firing('a'), firing('b')]), group([resolved('a'), firing('b')])];
    const decision = fold(
      undefined,
      arrivals.map((of, at) => arrival(`e${at}`, of)),
      facts(),
    );
    expect(decision.state?.counts).toEqual({ firing: 1, resolved: 1, fresh: 1 });
    expect(decision.history.map(({ reason }) => reason)).toEqual(['first_alert', 'new_alerts', 'some_resolved']);
    expect(decision.records?.map(({ fingerprint, status }) => [fingerprint, status])).toEqual([
      ['a', 'resolved'],
      ['b', 'firing'],
    ]);
    const ids = decision.effects.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('of repeats only changes nothing', () => {
    const before = fold(undefined, [arrival('e1', group([firing('a')]))], facts());
    const known = new Map((before.records ?? []).map((record) => [record.fingerprint as string, record]));
    const again = fold(
      before.state,
      [1, 2, 3].map((at) => arrival(`r${at}`, group([firing('a')]))),
      facts({ alerts: known }),
    );
    expect(again).toMatchObject({ reason: 'nothing_new', effects: [], claims: [], history: [] });
    expect(again.state).toBe(before.state);
  });
});

describe('a burst of groups of one service', () => {
  test('is one incident', async () => {
    const on = await stage();
    const alerts = createAlerts(on.world);
    const received = await Promise.all(numbered(100).map((of, at) => alerts(arrival(`e${at}`, of))));
    expect(received.filter(({ reason }) => reason === 'first_alert' || reason === 'joined_service')).toHaveLength(100);
    expect((await on.incidents()).map(({ counts }) => counts.firing)).toEqual([100]);
  });

  test('delivered twice, half of it in one handover with what is new, counts once', async () => {
    const on = await stage();
    const alerts = createAlerts(on.world);
    const groups = numbered(10);
    await Promise.all(groups.slice(0, 5).map((of, at) => alerts(arrival(`e${at}`, of))));
    const received = await Promise.all(groups.map((of, at) => alerts(arrival(`e${at}`, of))));
    expect(received.filter(({ reason }) => reason === 'repeated')).toHaveLength(5);
    expect((await on.incidents()).map(({ counts }) => counts.firing)).toEqual([10]);
  });
});

describe('a webhook of thousands of alerts', () => {
  const many = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => firing(`a${from + at}`));

  test('is one incident, and one that was never quiet while some of it fires', async () => {
    const on = await stage();
    const alerts = createAlerts(on.world);
    expect(await alerts(arrival('first', group(many(0, 2_500))))).toMatchObject({ reason: 'first_alert' });
    const over = many(0, 2_500).map(({ fingerprint }) => resolved(fingerprint));
    await alerts(arrival('second', group([...over, ...many(2_500, 3_600)])));
    const [incident, ...others] = await on.incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ status: 'triggered', counts: { firing: 1_100, resolved: 2_500 } });
    const history = await on.world.store.history(incident?.id ?? ('' as IncidentId), 100);
    expect(history.map(({ reason }) => reason)).not.toContain('all_resolved');
  });

  test('stays in the inbox until its last part is in', async () => {
    const on = await stage();
    let commits = 0;
    const commit: typeof on.world.store.commit = (change) => {
      commits += 1;
      return commits === 2 ? Promise.reject(new StoreDown('Redis is away')) : on.world.store.commit(change);
    };
    const alerts = createAlerts({ ...on.world, store: { ...on.world.store, commit } });
    const entry = await on.world.store.inbox.put('am', Buffer.from(''));
    const large = { event: 'large' as EventId, group: group(many(0, 2_500)), cause: { kind: 'inbox', entry } as const };
    await expect(alerts(large)).rejects.toThrow('Redis is away');
    expect(await on.world.store.inbox.size()).toBe(1);
    await alerts(large);
    expect(await on.world.store.inbox.size()).toBe(0);
    expect((await on.incidents()).map(({ counts }) => counts.firing)).toEqual([2_500]);
  });
});

describe('two processes on one store', () => {
  const both = async (on: Stage, groups: readonly AlertGroup[]) => {
    const engines = [on.engine(), createEngine({ ...on.world, owner: 'second' })];
    for (const engine of engines)
      for (const of of groups) {
        const body = webhook(of);
        await engine.inbox.deliver({ source: 'am', body, groups: alertmanager('am').parse(body) });
      }
    await Promise.all(engines.map((engine) => engine.inbox.idle()));
    await on.passes('2s');
  };

  test('that hear the same from two Alertmanagers open one incident with one card', async () => {
    const on = await stage();
    await both(on, [group([firing('a')])]);
    expect(await on.incidents()).toHaveLength(1);
    expect(on.chat.of('post_card')).toHaveLength(1);
  });

  test('that hear fifty groups each agree, without losing one', async () => {
    const on = await stage();
    await both(on, numbered(50));
    expect((await on.incidents()).reduce((sum, { counts }) => sum + counts.firing, 0)).toBe(50);
    expect(await on.store.inbox.size()).toBe(0);
  });
});

test('an alert that finds its incident closed at the last moment opens another instead of being lost', async () => {
  const on = await stage();
  await on.sends(group([firing('a')]));
  await on.sends(group([resolved('a')]));
  await on.passes('70m');
  const closed = await on.incident(1);
  expect(closed.status).toBe('closed');
  // As if the route had been read just before the closing commit.
  const { store } = on;
  let stale = true;
  const late = {
    ...on.world,
    store: {
      ...store,
      claims: async (keys: readonly string[]) => {
        const found = await store.claims(keys);
        if (!stale || !keys[0]?.startsWith('route/')) return found;
        stale = false;
        return ['inc-1', ...found.slice(1)];
      },
    },
  };
  const received = await createAlerts(late)(arrival('e', group([firing('a', { startsAt: nine + 4_200_000 })])));
  expect(received.reason).toBe('first_alert');
  expect((await on.incidents()).map(({ status }) => status)).toEqual(['triggered', 'closed']);
});

test('a route that leads nowhere for ever is given up, so that the lane goes on and the sweep tries again', async () => {
  const on = await stage();
  await on.store.commit({
    id: 'inc-9' as never,
    kind: 'incident',
    version: 0,
    open: false,
    history: [],
    records: [],
    effects: [],
    causes: [],
    claims: [{ key: `route/am/${group([]).groupKey}`, set: 'inc-9' }],
  });
  const alerts = createAlerts(on.world);
  await expect(alerts(arrival('e', group([firing('a')])))).rejects.toThrow('their route leads nowhere');
});

test('an inbox entry that cannot be decided does not keep the next one waiting', async () => {
  const on = await stage();
  const stuck = group([firing('a', { labels: { service: 'other' } })], { groupKey: 'stuck' });
  await on.store.commit({
    id: 'inc-9' as never,
    kind: 'incident',
    version: 0,
    open: false,
    history: [],
    records: [],
    effects: [],
    causes: [],
    claims: [{ key: 'route/am/stuck', set: 'inc-9' }],
  });
  await on.store.inbox.put('am', webhook(stuck));
  await on.store.inbox.put('am', webhook(group([firing('b')])));
  await on.passes('3s');
  expect((await on.incidents()).map(({ counts }) => counts.firing)).toEqual([1]);
  expect(await on.store.inbox.size()).toBe(1);
});

test('opening by hand while another process opens one of the same service works', async () => {
  const on = await stage();
  const { store } = on;
  let first = true;
  const racing = {
    ...on.world,
    store: {
      ...store,
      commit: async (change: Parameters<typeof store.commit>[0]) => {
        if (first && change.state) {
          first = false;
          await store.commit({
            ...change,
            id: 'inc-77' as never,
            version: 0,
            causes: [],
            effects: [],
            state: { ...incident('triggered'), id: 'inc-77' } as never,
            claims: [{ key: 'service/shop', set: 'inc-77' }],
          });
        }
        return await store.commit(change);
      },
    },
  };
  const answer = await createEngine(racing).desk.act({
    kind: 'open_incident',
    title: 'T',
    service: 'shop',
    by: alice,
    id: 'e' as EventId,
  });
  expect(answer.reason).toBe('opened_by_hand');
});
