/** Two processes on one real Redis ask the guards at the same moment: together they let through what one may. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EventId, IncidentId, RunId } from '../../src/domain/ids.ts';
import { createReceive } from '../../src/engine/receive.ts';
import { redisStore } from '../../src/store/redis.ts';
import { policy, type Stage, stage } from '../support/scenario.ts';
import { startRedis } from '../support/servers.ts';

let server: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  server = await startRedis({ appendfsync: 'no' });
});
afterAll(() => server.stop());

const healing = (limits: string) => `schema: playbook/v1
id: restart-shop
name: Restart the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopDown"']
    mode: auto
inputs:
  host: {type: string}
${limits ? `limits: ${limits}\n` : ''}steps:
  - id: restart
    action: shop.restart
    with: {host: "\${{ inputs.host }}"}
`;

interface Pair {
  /** Asks for a run at one of the two, and begins its step at the other. */
  begins(number: number, host?: string): Promise<string>;
  ends(number: number, kind: 'failed' | 'unknown'): Promise<string>;
  value(key: string): Promise<unknown>;
}

async function pair(on: Stage): Promise<Pair> {
  const tag = randomUUID();
  const stores = await Promise.all([redisStore({ url: server.url, tag }), redisStore({ url: server.url, tag })]);
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });
  const [playbook] = on.world.playbooks.current();
  if (!playbook) throw new Error('no playbook');
  await stores[0].library.publish([playbook]);
  const receives = stores.map((store, at) => createReceive({ ...on.world, store, owner: `process-${at}` }));
  const at = (number: number) => receives[number % 2] ?? Promise.reject(new Error('two processes'));
  const id = (number: number) => `run-${number}` as RunId;
  const request = (number: number, host: string) => ({
    playbook: playbook.hash,
    incident: `inc-${number}` as IncidentId,
    mode: 'auto' as const,
    requestedBy: { kind: 'alert' as const, source: 'am' },
    inputs: { host },
    subject: {
      incident: { id: `inc-${number}` as IncidentId, number, title: 'x', severity: 'sev1' as const, service: 'shop' },
    },
  });
  const event = (name: string, number: number) => `${name}-${number}` as EventId;
  return {
    begins: async (number, host = 'shop-1') => {
      const asked = await (await at(number)).run(id(number), {
        id: event('asked', number),
        kind: 'run_requested',
        request: request(number, host),
      });
      if (asked.reason !== 'run_started') return asked.reason;
      const begun = { id: event('begun', number), kind: 'step_started', step: 'restart', attempt: 1 } as const;
      return (await (await at(number + 1)).run(id(number), begun)).reason;
    },
    ends: async (number, kind) => {
      const outcome = { kind, message: 'no', when: 'after_dispatch' } as const;
      const ended = {
        id: event('ended', number),
        kind: 'step_finished',
        step: 'restart',
        attempt: 1,
        outcome,
      } as const;
      return (await (await at(number)).run(id(number), ended)).reason;
    },
    value: async (key) => JSON.parse((await stores[0].claims([key]))[0] ?? 'null'),
  };
}

const atOnce = async (count: number, act: (number: number) => Promise<string>): Promise<Record<string, number>> => {
  const reasons = await Promise.all(Array.from({ length: count }, (_, number) => act(number + 1)));
  return Object.fromEntries([...new Set(reasons)].map((one) => [one, reasons.filter((each) => each === one).length]));
};

const rails = { ...policy.guardrails, blastRadius: { percent: 20, windowMs: 3_600_000, atLeast: 1 } };
const hosts = Array.from({ length: 15 }, (_, at) => ({ name: `shop-${at + 1}`, service: 'shop' }));

describe('of twelve runs at once', () => {
  test('one changes something where the playbook cools down', async () => {
    const two = await pair(await stage({ playbooks: [healing('{cooldown: {per: global, window: 1h}}')] }));
    const seen = await atOnce(12, (number) => two.begins(number, `shop-${number}`));
    expect(seen).toEqual({ step_started: 1, cooling_down: 11 });
  });

  test('three change something where three may in an hour', async () => {
    const two = await pair(await stage({ playbooks: [healing('{max_runs: {per: global, count: 3, window: 1h}}')] }));
    const seen = await atOnce(12, (number) => two.begins(number, `shop-${number}`));
    expect(seen).toEqual({ step_started: 3, too_many_runs: 9 });
    expect(await two.value('guard/runs/restart-shop/global')).toHaveLength(3);
  });

  test('those of three hosts change something where a fifth of fifteen may be', async () => {
    const on = await stage({ playbooks: [healing('')], policy: { guardrails: { ...rails, hosts } } });
    const two = await pair(on);
    const seen = await atOnce(12, (number) => two.begins(number, `shop-${number}`));
    expect(seen).toEqual({ step_started: 3, blast_radius_spent: 9 });
    expect(Object.keys((await two.value('guard/blast/shop')) as object)).toHaveLength(3);
  });

  test('one is at work on a host', async () => {
    const two = await pair(await stage({ playbooks: [healing('')] }));
    expect(await atOnce(12, (number) => two.begins(number))).toEqual({ step_started: 1, target_busy: 11 });
  });

  test('each failure is counted once, and the circuit breaker is open for all that come after', async () => {
    const breaking = healing('{circuit_breaker: {per: global, failures: 12, window: 1h}}');
    const two = await pair(await stage({ playbooks: [breaking] }));
    expect(await atOnce(12, (number) => two.begins(number, `shop-${number}`))).toEqual({ step_started: 12 });
    const ended = await atOnce(12, (number) => two.ends(number, number % 3 ? 'failed' : 'unknown'));
    expect(ended).toEqual({ step_failed: 8, step_unknown: 4 });
    expect(await two.value('guard/breaker/restart-shop/global')).toMatchObject({ openedAt: expect.any(Number) });
    expect(await two.value('guard/efficacy/restart-shop')).toHaveLength(12);
    expect(await two.begins(13, 'shop-13')).toBe('breaker_open');
  });
});

test('a step that is begun by two workers at once is counted once', async () => {
  const two = await pair(await stage({ playbooks: [healing('{max_runs: {per: global, count: 1, window: 1h}}')] }));
  const [one, other] = await Promise.all([two.begins(1), two.begins(1)]);
  expect([one, other].filter((reason) => reason === 'step_started').length).toBeGreaterThan(0);
  expect(await two.value('guard/runs/restart-shop/global')).toHaveLength(1);
});
