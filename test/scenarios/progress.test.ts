/** What people see of a run while it runs and afterwards: its lines, its log in the thread, and no secret anywhere. */
import { describe, expect, test } from 'vitest';
import { firing, group } from '../support/alerts.ts';
import { eventually } from '../support/eventually.ts';
import { refused, worked } from '../support/fake-actions.ts';
import { restart, written } from '../support/flow.ts';
import { linesOf } from '../support/lines.ts';
import { alice, bob } from '../support/people.ts';
import * as playbooks from '../support/playbooks.ts';
import { type Stage, stage } from '../support/scenario.ts';

const down = group([firing('shop-1')]);
const token = 'sup3r-secret-token';
const withSecret = playbooks.auto.replace('steps:', 'secrets: {token: "env:TOKEN"}\nsteps:');

const message = (on: Stage): string =>
  linesOf(on.chat.of('post_progress')[0]?.content ?? { summary: '', sections: [] });
const tailOf = async (on: Stage): Promise<readonly string[]> => on.store.logs.tail((await on.run()).id, 'restart', 50);
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Everything that is stored, shown or said anywhere. */
async function everything(on: Stage): Promise<string> {
  const { id } = await on.run();
  return JSON.stringify([
    ...[await on.run(), await on.incident(), await on.store.history(id, 500), await tailOf(on)],
    ...[on.logged, on.chat.posts, on.chat.files.map(({ bytes, ...file }) => ({ ...file, text: textOf(bytes) }))],
  ]);
}

describe('the log of a step', () => {
  test('is seen in the message of a failed run by its end, and whole in the thread below', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    on.actions.goes['shop.restart'] = [
      async (_, context) => {
        for (let n = 1; n <= 12; n += 1) context.log(`line ${n}`);
        return await refused('exit code 1', 'after_dispatch')();
      },
    ];
    await on.sends(down);
    await on.passes('5s');
    expect((await on.run()).status).toBe('failed');
    expect(message(on)).toContain('Log of *restart (full log in thread)\nline 5\n');
    const { progress } = await on.run();
    expect(on.chat.files.map(({ channel, thread, title, bytes }) => [channel, thread, title, textOf(bytes)])).toEqual([
      [
        progress?.channel,
        progress?.ts,
        'Log of restart',
        Array.from({ length: 12 }, (_, at) => `line ${at + 1}\n`).join(''),
      ],
    ]);
  });

  test('has a name and a title of its own for each attempt, also where both say the same', async () => {
    const retry = '    retry: {max_attempts: 2, backoff: {initial: 1s}}\n';
    const on = await stage({ playbooks: [written(restart('one', retry))] });
    on.actions.goes['shop.restart'] = [
      async (_, { log }) => {
        log('no route');
        return await refused('no route', 'before_dispatch')();
      },
    ];
    await on.sends(down);
    await on.passes('10s');
    expect(on.chat.files.map(({ title }) => title)).toEqual(['Log of one', 'Log of one, attempt 2']);
    expect(on.chat.files.map(({ name }) => name.replace(/-[0-9a-f]{8}\.log$/, ''))).toEqual([
      'restart-shop-one-1',
      'restart-shop-one-2',
    ]);
  });

  test('is looked for before it is shown a second time, where the worker that showed it died', async () => {
    const on = await stage({ playbooks: [playbooks.onlyOnce] });
    on.actions.goes['shop.exec'] = [
      async (_, { log }) => {
        log('hello');
        return await worked()();
      },
    ];
    const { promise: shown, resolve: show } = Promise.withResolvers<void>();
    const asked: boolean[] = [];
    on.chat.upload = async ({ maybeUploaded }) => {
      asked.push(maybeUploaded);
      show();
      if (asked.length === 1) await new Promise(() => undefined);
    };
    const sent = on.sends(down);
    await shown;
    await on.dies();
    await sent;
    await on.passes('40s');
    expect(asked).toEqual([false, true]);
  });

  test('stays in sight when the worker dies in the middle, and goes on with the next one', async () => {
    const on = await stage({ playbooks: [playbooks.auto] });
    const { promise: acting, resolve: begun } = Promise.withResolvers<void>();
    on.actions.goes['shop.restart'] = [
      (_, { log }) => {
        log('stopped the shop');
        begun();
        return new Promise(() => undefined);
      },
      async (_, { log }) => {
        log('started the shop');
        return await worked()();
      },
    ];
    const sent = on.sends(down);
    await acting;
    await eventually('the line is in the store', async () => (await tailOf(on)).length > 0);
    await on.dies();
    await sent;
    expect(message(on)).toContain('Log of *restart\nstopped the shop');
    await on.passes('40s');
    expect((await on.run()).status).toBe('succeeded');
    expect((await tailOf(on)).slice(0, 2)).toEqual(['stopped the shop', 'started the shop']);
  });
});

describe('a secret', () => {
  test('that a person chose as an input is hidden in every step, also in one that is not given it', async () => {
    const input = '  login: {type: string, secret: true}\nsteps:';
    const on = await stage({
      playbooks: [playbooks.proposed.replace('steps:', input)],
      secrets: { 'env:LOGIN': token },
    });
    on.actions.goes['shop.restart'] = [
      async (_, { log }) => {
        log(`found ${token} in a file`);
        return await worked({ value: token })();
      },
    ];
    await on.sends(down);
    const inputs = { login: 'env:LOGIN' };
    await on.asks(alice, { kind: 'run_playbook', playbook: 'restart-shop', incident: '1', inputs });
    await on.asks(bob, { kind: 'approve', run: '', approval: '' });
    await on.passes('5s');
    expect(on.actions.attempts('shop.restart')).toHaveLength(1);
    expect(await everything(on)).not.toContain(token);
  });

  test.each([
    ['succeeds', async () => await worked({ body: { auth: `Bearer ${token}` } })()],
    ['fails', refused(`401 for ${token}`, 'after_dispatch')],
    ['throws', async () => Promise.reject(new Error(`no route with ${encodeURIComponent(token)}`))],
  ])('that a step is given is nowhere to be seen when it %s', async (_, goes) => {
    const on = await stage({ playbooks: [withSecret], secrets: { 'env:TOKEN': token } });
    on.actions.goes['shop.restart'] = [
      async (_, context) => {
        const value = await context.secret({ secret: 'env:TOKEN' });
        context.log(`using ${value}`);
        context.log(`Authorization: Basic ${btoa(`user:${value}`)}`, 'stdout');
        context.log(`${value.slice(0, 7)}`, 'stderr');
        context.log(`${value.slice(7)}\n`, 'stderr');
        await context.tell({ kind: 'note', text: `I know ${value}` });
        return await goes();
      },
    ];
    await on.sends(down);
    await on.passes('30s');
    const seen = await everything(on);
    expect(seen).toContain('using •••');
    expect(seen).toContain('I know •••');
    for (const form of [token, btoa(token), btoa(`user:${token}`), token.slice(7)]) expect(seen).not.toContain(form);
  });

  test('of the playbook is masked in every step’s output, also in one that was not given it', async () => {
    const on = await stage({ playbooks: [withSecret], secrets: { 'env:TOKEN': token } });
    on.actions.goes['shop.restart'] = [
      async (_, context) => {
        context.log(`cat /etc/shop.conf: token=${token}`);
        return await worked({ stdout: `token=${token}` })();
      },
    ];
    await on.sends(down);
    await on.passes('5s');
    expect((await on.run()).steps[0]?.outputs).toEqual({ stdout: 'token=•••' });
    expect(await everything(on)).not.toContain(token);
  });
});

test('an output that is too long is cut where it is stored, and kept whole beside it', async () => {
  const on = await stage({ playbooks: [playbooks.auto] });
  on.actions.goes['shop.restart'] = [worked({ stdout: 'x'.repeat(1_000_000) }), worked()];
  await on.sends(down);
  await on.passes('5s');
  const [step] = (await on.run()).steps;
  expect(JSON.stringify(step).length).toBeLessThan(20_000);
  const [, key = ''] = /all of them are kept as (\S+)\]/.exec(String(step?.outputs.stdout)) ?? [];
  expect(await on.world.blobs.get(key)).toHaveLength(1_000_000);
});
