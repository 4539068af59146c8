/** `ssh.script` over a real sshd: what it does is done once, whatever becomes of the connection and of the worker. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import type { StepContext } from '../../src/engine/ports.ts';
import { decide, end, type Handle, handleFrom } from '../../src/steps/detached.ts';
import { sshScript } from '../../src/steps/ssh-script.ts';
import { eventually } from '../support/eventually.ts';
import { hostile } from '../support/hostile.ts';
import { freePort } from '../support/servers.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { contextOf } from './contexts.ts';
import { childrenOf, processesWith, type ScriptHost, startScriptHost } from './script-host.ts';

let host: ScriptHost;
beforeAll(async () => {
  host = await startScriptHost();
});
afterAll(() => host.stop());
beforeEach(() => {
  for (const name of readdirSync(host.dir)) rmSync(join(host.dir, name));
});

/** Goes on when the test says so. */
const untilTold = 'echo begun >> "$DIR/ledger"; echo begun; until [ -e "$DIR/go" ]; do sleep 0.1; done';
const tell = () => writeFileSync(join(host.dir, 'go'), '');

const handleOf = (handle: JsonObject | undefined): Handle => {
  const known = handle && handleFrom(handle);
  if (!known) throw new Error('nothing was checkpointed');
  return known;
};

const reattach = (handle: JsonObject, args: JsonObject = {}, change: Partial<StepContext> = {}) =>
  sshScript(host.client()).reattach?.(
    { host: 'shop-1', script: 'not run', ...args },
    handle,
    contextOf({ repeated: true, ...change }),
  );

test('a script gives its exit code and its last lines, and each line is told', async () => {
  const { outcome, lines } = await host.run({
    script: 'echo one\necho two >&2\necho "$GREETING"',
    env: { GREETING: 'é 👩‍🚒' },
  });
  expect(outcome).toEqual({
    kind: 'succeeded',
    outputs: { exit_code: 0, tail: 'one\ntwo\né 👩‍🚒' },
    note: 'exit code 0',
  });
  expect(lines).toEqual(['one', 'two', 'é 👩‍🚒']);
});

test('another exit code is a failure in the words of the script, unless it counts as success', async () => {
  const script = 'echo no space left >&2; exit 3';
  expect((await host.run({ script })).outcome).toEqual({
    ...{ kind: 'failed', when: 'after_dispatch', class: 'exit_code' },
    message: 'Exit code 3 on shop-1. no space left',
  });
  expect((await host.run({ script, accept_exit_codes: [0, 3] })).outcome).toMatchObject({ outputs: { exit_code: 3 } });
});

test('lines are told while it runs, and what it needs to be found again is written down before it begins', async () => {
  const seen: string[] = [];
  const { outcome } = await host.run(
    { script: `${untilTold}; echo over` },
    {
      checkpoint: async () => void seen.push(`checkpoint, ${host.ledger().length} begun`),
      log: (line) => {
        seen.push(line);
        if (line === 'begun') tell();
      },
    },
  );
  expect(seen).toEqual(['checkpoint, 0 begun', 'begun', 'over']);
  expect(outcome).toMatchObject({ kind: 'succeeded' });
});

test.each(['reset', 'cut', 'killed'] as const)(
  'a connection that is %s in the middle is made again, and the script goes on',
  async (how) => {
    const proxy = await startTcpProxy(host.sshd);
    onTestFinished(() => proxy.stop());
    const attempt = host.attempt();
    const { outcome, lines } = await host.run(
      { script: `${untilTold}; echo over` },
      {
        attempt,
        log: (line) => {
          if (line !== 'begun') return;
          if (how === 'killed') for (const child of childrenOf(host.sshd.pid)) process.kill(child, 'SIGKILL');
          else proxy[how]();
          tell();
        },
      },
      host.client(how === 'killed' ? undefined : proxy.port),
    );
    expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { tail: 'begun\nover' } });
    expect(lines).toEqual(['begun', 'over']);
    expect(host.ledger()).toEqual(['begun']);
  },
);

test('a worker that is lost leaves it running, and the next one follows it to its end', async () => {
  const lost = new AbortController();
  const first = await host.run(
    { script: `${untilTold}; echo over; exit 7` },
    { signal: lost.signal, log: () => lost.abort(new Error('the claim on the effect was lost')) },
  );
  expect(first.outcome).toMatchObject({ kind: 'unknown', message: expect.stringContaining('goes on there') });
  tell();
  expect(await reattach(first.handle ?? {})).toMatchObject({
    ...{ kind: 'failed', class: 'exit_code', message: 'Exit code 7 on shop-1. begun ⏎ over' },
  });
  expect(host.ledger()).toEqual(['begun']);
});

test('begun twice at once, it runs once, and whoever took over hears how it ended', async () => {
  const attempt = host.attempt();
  const both = [false, true].map((repeated) =>
    host.run({ script: 'echo begun >> "$DIR/ledger"; echo done' }, { attempt, repeated }, host.client()),
  );
  const [late, next] = await Promise.all(both);
  expect(next?.outcome).toMatchObject({ kind: 'succeeded', outputs: { tail: 'done' } });
  // Who was replaced and comes last finds what it did not begin: nobody listens to it any more.
  expect([next?.outcome.kind, 'failed']).toContain(late?.outcome.kind);
  expect(host.ledger()).toEqual(['begun']);
});

test('a worker that dies before the checkpoint has begun nothing, and the next one begins it', async () => {
  const attempt = host.attempt();
  const script = 'echo begun >> "$DIR/ledger"';
  const dies = await host.run({ script }, { attempt, checkpoint: () => Promise.reject(new Error('killed')) });
  expect(dies.outcome).toMatchObject({ kind: 'failed', when: 'before_dispatch', class: 'unavailable' });
  expect(host.ledger()).toEqual([]);
  expect((await host.run({ script }, { attempt, repeated: true })).outcome).toMatchObject({ kind: 'succeeded' });
  expect(host.ledger()).toEqual(['begun']);
});

test('a worker that dies right after the checkpoint has begun nothing, and the next one lets it go', async () => {
  let handle: JsonObject = {};
  const checkpoint = (given: JsonObject) => {
    handle = given;
    return Promise.reject(new Error('killed'));
  };
  await host.run({ script: 'echo begun >> "$DIR/ledger"' }, { checkpoint });
  expect(await reattach(handle)).toMatchObject({ kind: 'succeeded' });
  expect(await reattach(handle)).toMatchObject({ kind: 'succeeded' });
  expect(host.ledger()).toEqual(['begun']);
});

test('what nobody let go is never run, and nothing was done', async () => {
  let handle: JsonObject = {};
  const checkpoint = (given: JsonObject) => {
    handle = given;
    return Promise.reject(new Error('killed'));
  };
  await host.run({ script: 'echo begun >> "$DIR/ledger"' }, { checkpoint });
  const site = { ssh: host.client(), host: 'shop-1', become: false };
  expect(await decide(site, handleOf(handle), 'abandoned')).toBe('abandoned');
  expect(await decide(site, handleOf(handle), 'go')).toBe('abandoned');
  expect(await reattach(handle)).toMatchObject({ kind: 'failed', when: 'before_dispatch' });
  expect(host.ledger()).toEqual([]);
});

test('what is stopped before it is let go is not run', async () => {
  const stop = new AbortController();
  const cancelled = Object.assign(new Error('cancelled'), { name: 'CancelError' });
  const checkpoint = async () => stop.abort(cancelled);
  const { outcome } = await host.run({ script: 'echo begun >> "$DIR/ledger"' }, { checkpoint, signal: stop.signal });
  expect(outcome).toMatchObject({ kind: 'failed', when: 'before_dispatch' });
  expect(host.ledger()).toEqual([]);
});

test('a script that takes too long is ended by the target with all that it started, also what ignores being told', async () => {
  const mark = `98${Date.now() % 1_000_000}`;
  const { outcome, lines } = await host.run(
    {
      script: `sh -c 'trap "" TERM; sleep ${mark}; sleep ${mark}' & echo begun; trap '' TERM; sleep ${mark}; sleep ${mark}`,
    },
    { timeoutMs: 4_000 },
  );
  expect(lines).toEqual(['begun']);
  expect(outcome).toMatchObject({ kind: 'failed', when: 'after_dispatch', class: 'timeout' });
  expect(processesWith(mark)).toEqual([]);
});

test.each(['TimeoutError', 'CancelError'])('a worker that is told to stop by a %s ends it there', async (name) => {
  const stop = new AbortController();
  const mark = `97${Date.now() % 1_000_000}`;
  const { outcome } = await host.run(
    { script: `echo begun; sleep ${mark}` },
    { signal: stop.signal, log: () => stop.abort(Object.assign(new Error('over'), { name })) },
  );
  expect(outcome).toMatchObject({ kind: 'failed', when: 'after_dispatch', class: 'timeout' });
  expect(processesWith(mark)).toEqual([]);
});

test('a process that merely has the number of the script is never ended', async () => {
  const { handle } = await host.run({ script: 'true' });
  const innocent = spawn('sleep', ['600'], { detached: true });
  onTestFinished(() => void innocent.kill('SIGKILL'));
  await once(innocent, 'spawn');
  const reused = { ...handleOf(handle), pid: innocent.pid ?? 0 };
  rmSync(join(reused.dir, 'exit'));
  const site = { ssh: host.client(), host: 'shop-1', become: false };
  expect(await end(site, reused)).toBe('dead');
  expect(await reattach({ ...reused })).toMatchObject({ kind: 'unknown' });
  expect(existsSync(`/proc/${innocent.pid}`)).toBe(true);
});

test('a script that was killed with its wrapper, as by a restart of the machine, is unknown', async () => {
  const lost = new AbortController();
  const { handle } = await host.run({ script: untilTold }, { signal: lost.signal, log: () => lost.abort() });
  const { dir, pid } = handleOf(handle);
  const [script] = readFileSync(join(dir, 'script.pid'), 'utf8').split(' ');
  process.kill(pid, 'SIGKILL');
  process.kill(-Number(script), 'SIGKILL');
  expect(await reattach(handle ?? {})).toMatchObject({
    kind: 'unknown',
    message: expect.stringMatching(/cut off on shop-1.*begun/),
  });
});

test('a wrapper that was killed before it let anything go has begun nothing', async () => {
  const kill = async (given: JsonObject) => void process.kill(handleOf(given).pid, 'SIGKILL');
  const { outcome } = await host.run({ script: 'echo begun >> "$DIR/ledger"' }, { checkpoint: kill });
  expect(outcome).toMatchObject({ kind: 'failed', when: 'before_dispatch' });
  expect(host.ledger()).toEqual([]);
});

test('where nothing is left of it, or the checkpoint leads nowhere, it is unknown', async () => {
  const { handle } = await host.run({ script: 'true' });
  rmSync(handleOf(handle).dir, { recursive: true });
  expect(await reattach(handle ?? {})).toMatchObject({
    kind: 'unknown',
    message: expect.stringContaining('nothing left'),
  });
  for (const wrong of [{}, { ...handle, dir: '/etc' }, { ...handle, pid: 1 }, { ...handle, host: 'shop-2' }])
    expect(await reattach(wrong)).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('does not lead to it'),
    });
});

test('of a flood the end is kept, on the target too', async () => {
  const { outcome, handle } = await host.run({ script: 'seq 1 500000' }, { timeoutMs: 60_000 });
  expect(outcome.kind === 'succeeded' && outcome.outputs.tail).toMatch(/(^|\n)499999\n500000$/);
  expect(outcome.kind === 'succeeded' && String(outcome.outputs.tail).split('\n')).toHaveLength(200);
  const { dir } = handleOf(handle);
  const logs = readdirSync(dir).filter((name) => name.startsWith('log.'));
  const bytes = logs.map((name) => readFileSync(join(dir, name)).length).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeLessThanOrEqual(1_048_576);
});

test('a process that the script leaves behind goes on, and keeps nobody waiting', async () => {
  const mark = `96${Date.now() % 1_000_000}`;
  const { outcome } = await host.run({ script: `sleep ${mark} & echo left` });
  expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { tail: 'left' } });
  const left = processesWith(mark);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  expect(left).toHaveLength(1);
});

test.each(['/bin/sh', '/bin/dash', '/bin/bash'])(
  'hostile values reach a script of %s as they are',
  async (interpreter) => {
    const env = Object.fromEntries(hostile.map((value, index) => [`V${index}`, value]));
    const { outcome } = await host.run({ script: 'env -0 | base64 -w 100', interpreter, env });
    const printed = outcome.kind === 'succeeded' ? Buffer.from(String(outcome.outputs.tail), 'base64').toString() : '';
    const seen = new Map(
      printed.split('\0').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
    expect(Object.fromEntries(Object.keys(env).map((name) => [name, seen.get(name)]))).toEqual(env);
  },
);

test('a secret reaches the script by its environment, and stays nowhere on the target', async () => {
  const canary = 'canary-0f3b';
  const { outcome, handle } = await host.run(
    { script: 'printf "%s" "$TOKEN" | wc -c', secret_env: { TOKEN: { secret: 'env:TOKEN' } } },
    { secret: async () => `${canary}\nline 2` },
  );
  expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { tail: '18' } });
  const { dir } = handleOf(handle);
  const files = readdirSync(dir).filter((name) => name !== 'out' && !readlinkable(join(dir, name)));
  expect(files).toContain('script');
  expect(files.filter((name) => readFileSync(join(dir, name), 'utf8').includes(canary))).toEqual([]);
});

const readlinkable = (path: string): boolean => !existsSync(path);

test('a secret that cannot be had is a failure before anything is done', async () => {
  const { outcome, handle } = await host.run(
    { script: 'true', secret_env: { TOKEN: { secret: 'env:X' } } },
    { secret: () => Promise.reject(new Error('`env:X` has no value')) },
  );
  expect(outcome).toMatchObject({ kind: 'failed', when: 'before_dispatch', message: 'TOKEN: `env:X` has no value' });
  expect(handle).toBeUndefined();
});

test('the interpreter is the one that is named; one that is not there is said before anything is done', async () => {
  const { outcome } = await host.run({ script: 'x=(1 2 3); echo "${#x[@]} $BASH_VERSION"', interpreter: '/bin/bash' });
  expect(outcome).toMatchObject({ outputs: { tail: expect.stringMatching(/^3 \d/) } });
  expect((await host.run({ script: 'x', interpreter: '/no/such' })).outcome).toEqual({
    ...{ kind: 'failed', when: 'before_dispatch', class: 'refused' },
    message: 'shop-1 does not have that `interpreter`.',
  });
});

test('with `become` it runs through sudo, and is found again through sudo', async () => {
  const lost = new AbortController();
  const script = `${untilTold}; echo "by sudo: $BY_SUDO"`;
  const { handle } = await host.run({ script, become: true }, { signal: lost.signal, log: () => lost.abort() });
  tell();
  expect(await reattach(handle ?? {}, { become: true })).toMatchObject({ outputs: { tail: 'begun\nby sudo: yes' } });
});

test('a host that cannot be reached is a failure before dispatch, which may be tried again', async () => {
  const { outcome } = await host.run({ script: 'true' }, {}, host.client(await freePort()));
  expect(outcome).toMatchObject({ kind: 'failed', when: 'before_dispatch', class: 'connect_error' });
});

test('a host that cannot be reached any more is asked until the time is over, and then it is unknown', async () => {
  const proxy = await startTcpProxy(host.sshd);
  const stop = new AbortController();
  let gone: Promise<void> | undefined;
  const { outcome, handle } = await host.run(
    { script: untilTold },
    {
      signal: stop.signal,
      log: () => {
        gone = proxy.stop().then(() => stop.abort(Object.assign(new Error('over'), { name: 'TimeoutError' })));
      },
    },
    host.client(proxy.port),
  );
  await gone;
  expect(outcome).toMatchObject({ kind: 'unknown', message: expect.stringContaining('may still be running') });
  tell();
  expect(await reattach(handle ?? {})).toMatchObject({ kind: 'succeeded' });
});

test('the folder is for its owner alone', async () => {
  const { handle } = await host.run({ script: 'umask' });
  const { dir } = handleOf(handle);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(statSync(join(dir, 'script')).mode & 0o777).toBe(0o600);
  await eventually('its processes are gone', async () => processesWith(dir).length === 0);
});

test('what it does is shown, and it takes its host', () => {
  const action = sshScript(host.client());
  const args = { host: 'shop-1', script: 'a\nb\n', become: true };
  expect(action.describe(args)).toBe('run as root a script of 2 lines by /bin/sh on shop-1');
  expect(action.lockOf(args)).toBe('host/shop-1');
  expect(action.targetOf(args)).toEqual({ host: 'shop-1' });
  expect([action.effects, action.codeFields, action.secretFields]).toEqual([
    ['reattachable'],
    ['script', 'interpreter'],
    ['secret_env'],
  ]);
});

test.each([
  [{ script: '' }, ['script']],
  [{ script: 'a\0b' }, ['script']],
  [{ script: 'x', env: { 'a b': 'x' } }, ['env', 'a b']],
  [{ script: 'x', env: { LD_PRELOAD: 'x' } }, ['env', 'LD_PRELOAD']],
  [{ script: 'x', env: { PATH: 'x' } }, ['env', 'PATH']],
  [{ script: 'x', env: { BASH_ENV: 'x' } }, ['env', 'BASH_ENV']],
  [{ script: 'x', env: { A: 'a\0b' } }, ['env', 'A']],
  [{ script: 'x', env: { A: ['x'] } }, ['env', 'A']],
  [{ script: 'x', secret_env: { A: 'in the clear' } }, ['secret_env', 'A']],
  [{ script: 'x', env: { A: 'x' }, secret_env: { A: { secret: 'env:X' } } }, ['secret_env', 'A']],
  [{ script: 'x', interpreter: 'sh -c' }, ['interpreter']],
  [{ script: 'x', host: 'nowhere' }, ['host']],
] as const)('%j is refused', (args, path) => {
  const paths = sshScript(host.client())
    .check({ host: 'shop-1', ...args }, false)
    .map((issue) => issue.path);
  expect(paths).toContainEqual(path);
});

test('an attempt that somebody else has begun there is neither done nor taken for ours', async () => {
  const attempt = host.attempt();
  const first = await host.run({ script: 'echo begun >> "$DIR/ledger"' }, { attempt });
  expect(first.outcome.kind).toBe('succeeded');
  const second = await host.run({ script: 'echo again >> "$DIR/ledger"' }, { attempt });
  expect(second.outcome).toMatchObject({ kind: 'failed', when: 'before_dispatch' });
  expect(second.outcome).toMatchObject({ message: expect.stringContaining('another Tocsin') });
});
