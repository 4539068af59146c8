/** Redis stopped, killed, read-only or full while alerts come in: what is acknowledged is never lost, nothing comes twice. */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { answers } from '../../src/demo/processes.ts';
import { notify, type Sent } from '../support/alert-source.ts';
import { firing, group, webhook } from '../support/alerts.ts';
import { eventually } from '../support/eventually.ts';
import { type Installation, install } from '../support/installation.ts';
import { startRedis } from '../support/servers.ts';

const longMs = 240_000;
/** Promised are 2.5 s; the rest is for a machine that is busy with other tests. */
const latestAnswerMs = 4_000;
const everyMs = 800;
const clickEveryMs = 9_000;

/** Resolves when it is over. */
type Trouble = (installation: Installation, atEnd: (stop: () => Promise<void>) => void) => Promise<void>;

const troubles: Readonly<Record<string, Trouble>> = {
  'stopped for 5 s': ({ redis }) => stopped(redis, 5_000),
  'stopped for 90 s, while people click': async (installation) => {
    const endClicks = clicksFlow(installation);
    await stopped(installation.redis, 90_000);
    await endClicks();
  },
  'killed, and started again after 3 s': async ({ redis }, atEnd) => {
    await redis.kill('SIGKILL');
    await pause(3_000);
    const again = await startRedis({ dir: redis.dir, port: redis.port });
    atEnd(again.stop);
  },
  'read-only for 4 s': ({ redis }) =>
    told(redis, {
      // A replica of nobody: whoever writes is told READONLY.
      wrong: (client) => client.replicaof('127.0.0.1', 1),
      right: (client) => client.replicaof('NO', 'ONE'),
    }),
  'full for 4 s': ({ redis }) =>
    told(redis, {
      wrong: (client) => client.config('SET', 'maxmemory', '1'),
      right: (client) => client.config('SET', 'maxmemory', '0'),
    }),
};

async function stopped(redis: Installation['redis'], forMs: number): Promise<void> {
  await redis.kill('SIGSTOP');
  await pause(forMs);
  await redis.kill('SIGCONT');
}

interface Turn {
  readonly wrong: (client: Redis) => Promise<unknown>;
  readonly right: (client: Redis) => Promise<unknown>;
}

async function told({ url }: Installation['redis'], { wrong, right }: Turn): Promise<void> {
  const client = new Redis(url);
  await wrong(client);
  await pause(4_000);
  await right(client);
  client.disconnect();
}

/** Alerts, each in a webhook of its own, until told to stop: each is sent again until it is acknowledged. */
function alertsFlow({ url, token }: Installation) {
  const sent: Promise<Sent>[] = [];
  const next = (): void => {
    const name = `a${sent.length + 1}`;
    const body = webhook(group([firing(name)], { groupKey: `{}:{instance="${name}"}` }));
    sent.push(notify({ url, token, withinMs: longMs }, body));
  };
  const timer = setInterval(next, everyMs);
  next();
  return async (): Promise<readonly Sent[]> => {
    clearInterval(timer);
    return await Promise.all(sent);
  };
}

/** Alice and Bob press Acknowledge by turns. Each is heard in time, told something, and one of them is on it in the end, once. */
function clicksFlow({ workspace, incidents, said, deliveries }: Installation) {
  const people = ['alice', 'bob'] as const;
  const clicks: Promise<void>[] = [];
  const next = async (user: string): Promise<void> => {
    const [card, channel] = [(await said())[0], (await incidents())[0]];
    if (card && channel) await workspace.click({ user, channel: channel.id, ts: card.ts, button: 'acknowledge' });
  };
  const timer = setInterval(() => clicks.push(next(people[clicks.length % 2] ?? 'alice')), clickEveryMs);
  return async (): Promise<void> => {
    clearInterval(timer);
    await Promise.all(clicks);
    expect(clicks.length).toBeGreaterThan(5);
    await eventually('each click is answered', async () => (await whispers(workspace)).length >= clicks.length);
    const isOnIt = async () => (await said()).filter(({ text }) => text.endsWith('is on it.'));
    // None of the clicks may have been taken: people were told to look at the card before they try again, and do.
    await eventually('somebody is on it', async () => (await isOnIt()).length > 0 || void (await next('alice')));
    expect(await isOnIt()).toHaveLength(1);
    expect((await whispers(workspace)).some(({ text }) => text.includes('not known whether it was taken'))).toBe(true);
    const pressed = (await deliveries()).filter(({ what }) => what.includes('acknowledge'));
    expect(new Set(pressed.map(({ state }) => state))).toEqual(new Set(['acked']));
  };
}

const whispers = async (workspace: Installation['workspace']) =>
  (await Promise.all(['alice', 'bob'].map((user) => workspace.whispers(user)))).flat();

const statuses = (sent: readonly Sent[]): readonly number[] => [
  ...new Set(sent.flatMap(({ tries }) => tries.map(({ status }) => status))),
];

describe.concurrent.each(Object.entries(troubles))('a Redis that is %s', (_, trouble) => {
  test('costs a 503 in time, and no alert', { timeout: longMs }, async ({ onTestFinished }) => {
    const installation = await install();
    onTestFinished(installation.stop);
    await eventually('Tocsin listens', () => answers(installation.url.replace(/webhooks.*/, 'healthz')));
    const endFlow = alertsFlow(installation);
    await eventually('a card', async () => (await installation.said()).length > 0);
    await trouble(installation, onTestFinished);
    const sent = await endFlow();

    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 202));
    expect([...statuses(sent)].sort()).toEqual([202, 503]);
    expect(Math.max(...sent.flatMap(({ tries }) => tries.map(({ ms }) => ms)))).toBeLessThan(latestAnswerMs);
    await eventually(`${sent.length} alerts on the card`, async () => {
      const [card] = (await installation.said()).filter(({ text }) => text.includes('(sev1, '));
      return card?.text.includes(`${sent.length} firing`);
    });
    const said = await installation.said();
    expect(await announced(installation)).toBeLessThan(sent.length);
    expect(said.filter(({ text }) => text.includes('(sev1, '))).toHaveLength(1);
    expect(await installation.incidents()).toHaveLength(1);
    expect(await installation.summaries()).toHaveLength(1);
  });
});

/** Alerts that the notices speak of, a line a minute: never one twice, never the one that opened the incident. */
async function announced(installation: Installation): Promise<number> {
  const counts = (await installation.said()).map(({ text }) => /(\d+) new alerts? firing/.exec(text)?.[1] ?? '0');
  return counts.reduce((sum, count) => sum + Number(count), 0);
}
