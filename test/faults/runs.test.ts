/** Redis stopped, killed, read-only, paused or full in the middle of a run: nothing is done twice, nothing is left undone. */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { fakeActions } from '../support/fake-actions.ts';
import { alice } from '../support/people.ts';
import { startRedis } from '../support/servers.ts';
import { asks, runsIn, untilOver, workersOn } from './workers.ts';

const longMs = 240_000;
const actMs = 1_200;

const playbook = `schema: playbook/v1
id: repair
name: Repair
owners: [team-shop]
triggers: [{manual: {roles: [responder]}}]
steps:
  - {id: first, action: shop.exec, with: {host: shop-1, id: first}}
  - {id: each, foreach: {in: "\${{ ['a', 'b'] }}", max_parallel: 2}, action: shop.restart, with: {id: "\${{ item }}"}}
  - {id: approve, action: approval, with: {approvers: {roles: [responder]}, min_approvals: 2}}
  - {id: script, action: shop.script, with: {host: shop-2, id: script}}
  - {id: last, action: shop.exec, with: {host: shop-1, id: last}}
finally: [{action: shop.restart, with: {id: tidy}}]
`;

type Server = Awaited<ReturnType<typeof startRedis>>;

const troubles: Readonly<Record<string, (redis: Server) => Promise<Server | undefined>>> = {
  'stopped for 30 s': async (redis) => {
    await redis.kill('SIGSTOP');
    await pause(30_000);
    await redis.kill('SIGCONT');
    return undefined;
  },
  'killed, and started again after 3 s': async (redis) => {
    await redis.kill('SIGKILL');
    await pause(3_000);
    return await startRedis({ dir: redis.dir, port: redis.port });
  },
  // A replica of nobody: whoever writes is told READONLY.
  'read-only for 5 s': told({
    wrong: (client) => client.replicaof('127.0.0.1', 1),
    right: (client) => client.replicaof('NO', 'ONE'),
  }),
  'full for 5 s': told({
    wrong: (client) => client.config('SET', 'maxmemory', '1'),
    right: (client) => client.config('SET', 'maxmemory', '0'),
  }),
  'without the replica that writes must reach, for 5 s': told({
    wrong: (client) => client.config('SET', 'min-replicas-to-write', '1'),
    right: (client) => client.config('SET', 'min-replicas-to-write', '0'),
  }),
  'paused for 6 s': told({
    wrong: (client) => client.call('CLIENT', 'PAUSE', '6000', 'ALL'),
    right: (client) => client.ping(),
  }),
};

function told({ wrong, right }: Record<'wrong' | 'right', (client: Redis) => Promise<unknown>>) {
  return async ({ url }: Server): Promise<undefined> => {
    const client = new Redis(url);
    await wrong(client);
    await pause(5_000);
    await right(client);
    client.disconnect();
  };
}

/** Each act takes a while, so that the trouble comes in the middle of one. */
function slowTarget() {
  const target = fakeActions();
  const slowly = async () => {
    await pause(actMs);
    return { kind: 'succeeded', outputs: {} } as const;
  };
  target.goes['shop.exec'] = [slowly];
  target.goes['shop.restart'] = [slowly];
  target.goes['shop.script'] = [
    async (_args, context) => {
      await context.checkpoint({ pid: 1 });
      return await slowly();
    },
  ];
  target.found['shop.script'] = slowly;
  return target;
}

/** Where in the run it happens: as soon as this was begun. */
const moments = ['first', 'a', 'script'];

describe.concurrent.each(Object.entries(troubles))('a Redis that is %s in mid-run', (_, trouble) => {
  test.each(moments)(
    'while `%s` acts: each thing is done once, and the run goes on',
    { timeout: longMs },
    async (moment) => {
      const redis = await startRedis();
      const servers = [redis];
      const { target, start } = workersOn({ url: redis.url, playbooks: [playbook], target: slowTarget() });
      const workers = [await start(), await start()] as const;
      try {
        await asks(workers[0], alice, { kind: 'open_incident', title: 'The shop is down' });
        await asks(workers[0], alice, { kind: 'run_playbook', playbook: 'repair', incident: 'inc-1', inputs: {} });
        const done = untilOver(workers[1], target, longMs);
        await eventually(`${moment} acts`, async () => target.dispatched.some(({ args }) => args.id === moment));
        const again = await trouble(redis);
        if (again) servers.push(again);
        const [run] = await done;
        expect(run?.status).toBe('succeeded');
        const times = new Map<string, number>();
        for (const { attempt } of target.dispatched) times.set(attempt, (times.get(attempt) ?? 0) + 1);
        for (const id of ['first', 'script', 'last']) expect([id, times.get(`${run?.id}.${id}.1`)]).toEqual([id, 1]);
        // What may be repeated is repeated as the same attempt.
        expect([...times.keys()].map((attempt) => attempt.replace(`${run?.id}.`, '')).sort()).toEqual(
          ['each[0].1', 'each[1].1', 'finally[0].1', 'first.1', 'last.1', 'script.1'].sort(),
        );
        expect(await workers[1].world.store.claimsUnder('lock/', 10)).toEqual([]);
      } finally {
        for (const worker of workers) await worker.stop();
        for (const server of servers.reverse()) await server.stop();
      }
    },
  );
});

const once = `schema: playbook/v1
id: repair
name: Repair
owners: [team-shop]
triggers: [{manual: {roles: [responder]}}]
steps:
  - {id: first, action: shop.exec, with: {host: shop-1, id: first}}
`;

test('a step that ends while Redis is read-only, for longer than its claim lasts, is never left unknown: its worker says how it ended', {
  timeout: longMs,
}, async () => {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  const target = fakeActions();
  const { promise: acting, resolve: ends } = Promise.withResolvers<void>();
  target.goes['shop.exec'] = [
    async () => {
      await acting;
      return { kind: 'succeeded', outputs: {} };
    },
  ];
  const { start } = workersOn({ url: redis.url, playbooks: [once], target });
  const workers = [await start(), await start(), await start()] as const;
  try {
    await asks(workers[0], alice, { kind: 'open_incident', title: 'The shop is down' });
    await asks(workers[0], alice, { kind: 'run_playbook', playbook: 'repair', incident: 'inc-1', inputs: {} });
    await eventually('it acts', async () => target.dispatched.length === 1);
    await client.replicaof('127.0.0.1', 1);
    ends();
    await pause(4_000);
    await client.replicaof('NO', 'ONE');
    // Nobody is there who would settle anything.
    await eventually('it is over', async () =>
      (await runsIn(workers[0])).every(({ status }) => status === 'succeeded'),
    );
    expect(target.dispatched).toHaveLength(1);
  } finally {
    client.disconnect();
    for (const worker of workers) await worker.stop();
    await redis.stop();
  }
});
