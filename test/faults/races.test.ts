/** Two workers for every wake-up, two people at every button, a worker that is told to go: what is done is done once. */
import { Redis as Client } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EffectId } from '../../src/domain/ids.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Queue } from '../../src/engine/ports.ts';
import { eventually } from '../support/eventually.ts';
import { fakeActions } from '../support/fake-actions.ts';
import { alice, bob, carol } from '../support/people.ts';
import { startRedis } from '../support/servers.ts';
import { asks, runsIn, untilOver, type Worker, type WorkersOptions, workersOn } from './workers.ts';

const longMs = 120_000;
const head = (id: string): string => `schema: playbook/v1
id: ${id}
name: ${id}
owners: [team-shop]
triggers: [{manual: {roles: [responder]}}]
steps:
`;

const all = `${head('all')}  - {id: first, action: shop.exec, with: {host: shop-1, id: first}}
  - {id: each, foreach: {in: "\${{ ['a', 'b', 'c'] }}", max_parallel: 3}, action: shop.exec, with: {id: "\${{ item }}"}}
  - {id: rest, action: wait, with: {for: 1s}}
  - {id: approve, action: approval, with: {approvers: {roles: [responder]}, min_approvals: 2}}
  - id: last
    action: shop.restart
    with: {host: shop-1, id: last}
    verify: [{action: shop.look, with: {}, expect: "\${{ result.value == 1 }}", within: 30s, interval: 1s, stable_for: 1s}]
`;
const one = (
  id: string,
  more = '',
): string => `${head(id)}  - {id: approve, action: approval, with: {approvers: {roles: [responder]}${more}}}
  - {id: act, action: shop.exec, with: {id: ${id}}}
`;

let redis: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

async function stage(options: Omit<WorkersOptions, 'url'>) {
  const client = new Client(redis.url);
  await client.flushall();
  client.disconnect();
  return workersOn({ url: redis.url, ...options });
}

/** Each wake-up reaches every worker, at the same time. */
function everybody(): (owner: string) => Queue {
  const handlers: ((id: EffectId) => Promise<void>)[] = [];
  return () => ({
    wake: async (wakeUps) => {
      for (const { id } of wakeUps) for (const handle of handlers) setImmediate(() => void handle(id));
    },
    work: async (handle) => void handlers.push(handle),
    close: async () => void handlers.splice(0),
  });
}

const begin = async (worker: Worker, ...playbooks: readonly string[]): Promise<void> => {
  await asks(worker, alice, { kind: 'open_incident', title: 'The shop is down' });
  for (const playbook of playbooks)
    await asks(worker, alice, { kind: 'run_playbook', playbook, incident: 'inc-1', inputs: {} });
};

describe('three workers that are woken for the same', () => {
  test('do each thing once', { timeout: longMs }, async () => {
    const { target, start } = await stage({ playbooks: [all], queue: everybody() });
    const workers = [await start(), await start(), await start()] as const;
    await begin(workers[0], 'all');
    const [run] = await untilOver(workers[1], target, longMs);
    for (const worker of workers) await worker.stop();
    expect(run?.status).toBe('succeeded');
    const acts = target.dispatched.filter(({ action }) => action !== 'shop.look').map(({ args }) => args.id);
    expect(acts.sort()).toEqual(['a', 'b', 'c', 'first', 'last']);
  });
});

const waiting = async (worker: Worker, many: number): Promise<readonly Run[]> =>
  await eventually('all wait for people', async () => {
    const runs = await runsIn(worker);
    return runs.length === many && runs.every(({ status }) => status === 'waiting_approval') && runs;
  });

describe('two desks', () => {
  const names = Array.from({ length: 25 }, (_, at) => `p${at}`);

  test('at which two people press the same button at once count it once', { timeout: longMs }, async () => {
    const { target, start } = await stage({ playbooks: names.map((name) => one(name)) });
    const [left, right] = [await start(), await start()];
    await begin(left, ...names);
    const reasons: string[] = [];
    for (const { id: run } of await waiting(left, names.length)) {
      const vote = { kind: 'approve', run, approval: 'approve.1' } as const;
      const answers = await Promise.all([asks(left, bob, vote), asks(right, carol, vote)]);
      reasons.push(
        answers
          .map(({ reason }) => reason)
          .sort()
          .join(' '),
      );
    }
    const runs = await untilOver(left, target, longMs);
    for (const worker of [left, right]) await worker.stop();
    expect([...new Set(reasons)]).toEqual([
      expect.stringMatching(/^approval_already_decided approved$|^approved run_over$/),
    ]);
    expect(runs.map(({ approvals }) => approvals.map(({ decisions }) => decisions.length))).toEqual(
      names.map(() => [1]),
    );
    expect(target.dispatched.map(({ args }) => args.id).sort()).toEqual([...names].sort());
  });

  test('at which one person presses twice at once count it as one of two', { timeout: longMs }, async () => {
    const { target, start } = await stage({ playbooks: names.map((name) => one(name, ', min_approvals: 2')) });
    const [left, right] = [await start(), await start()];
    await begin(left, ...names);
    for (const { id: run } of await waiting(left, names.length)) {
      const vote = { kind: 'approve', run, approval: 'approve.1' } as const;
      const answers = await Promise.all([asks(left, bob, vote), asks(right, bob, vote), asks(right, bob, vote)]);
      expect(answers.map(({ reason }) => reason).sort()).toEqual([
        'approval_counted',
        'approval_counted_already',
        'approval_counted_already',
      ]);
    }
    const runs = await runsIn(left);
    for (const worker of [left, right]) await worker.stop();
    expect(runs.map(({ approvals }) => approvals.map(({ decisions }) => decisions.length))).toEqual(
      names.map(() => [1]),
    );
    expect(target.dispatched).toEqual([]);
  });
});

describe('a rolling deploy', () => {
  test('of five workers, each replaced while it acts, loses and doubles nothing', { timeout: longMs }, async () => {
    const names = Array.from({ length: 6 }, (_, at) => `d${at}`);
    const target = fakeActions();
    const slowly = async () => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      return { kind: 'succeeded', outputs: {} } as const;
    };
    target.goes['shop.exec'] = [slowly];
    const steps = ['x', 'y', 'z'].map((id) => `  - {id: ${id}, action: shop.exec, with: {id: ${id}}}\n`).join('');
    const { start } = await stage({ playbooks: names.map((name) => `${head(name)}${steps}`), target });
    const watcher = await start(0);
    let worker = await start();
    await begin(watcher, ...names);
    const done = untilOver(watcher, target, longMs);
    for (let deploys = 0; deploys < 5; deploys += 1) {
      const before = target.dispatched.length;
      await eventually(
        'something acts',
        async () => target.dispatched.length > before || (await runsIn(watcher)).every(({ endedAt }) => endedAt),
      );
      const old = worker;
      worker = await start();
      await old.stop(5_000);
    }
    const runs = await done;
    for (const one of [worker, watcher]) await one.stop();
    expect(runs.map(({ status }) => status)).toEqual(names.map(() => 'succeeded'));
    expect(target.dispatched).toHaveLength(names.length * 3);
    expect(new Set(target.dispatched.map(({ attempt }) => attempt)).size).toBe(names.length * 3);
  });
});
