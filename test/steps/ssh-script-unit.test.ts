/** `ssh.script` where systemd answers: the script is a unit of its own, which outlives the session and is ended as one. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import type { StepContext } from '../../src/engine/ports.ts';
import { sshScript } from '../../src/steps/ssh-script.ts';
import { contextOf } from './contexts.ts';
import { processesWith } from './script-host.ts';
import { startUnitHost, type UnitHost } from './unit-host.ts';

let host: UnitHost;
beforeAll(async () => {
  host = await startUnitHost();
});
afterAll(() => host.stop());

async function run(script: string, change: Partial<StepContext> = {}) {
  let handle: JsonObject = {};
  const context = contextOf({
    attempt: `run-unit.${randomUUID()}`,
    checkpoint: async (given) => {
      handle = given;
    },
    ...change,
  });
  return { outcome: await sshScript(host.ssh).execute({ host: 'shop-1', script }, context), handle };
}

test('it runs in a control group of its own, under a name made of the attempt', async () => {
  const { outcome, handle } = await run('cat /proc/self/cgroup; echo over');
  expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { tail: expect.stringMatching(/over$/) } });
  expect(handle.unit).toMatch(host.hasSystemd ? /^tocsin-run-unit\..*\.service$/ : /^-$/);
  if (host.hasSystemd)
    expect(outcome).toMatchObject({ outputs: { tail: expect.stringContaining(String(handle.unit)) } });
});

test('a worker that is lost leaves it running, and the next one follows it', async () => {
  const lost = new AbortController();
  const mark = `/run/tocsin-go-${randomUUID()}`;
  const first = await run(`echo begun; until [ -e ${mark} ]; do sleep 0.1; done; rm ${mark}; echo over`, {
    signal: lost.signal,
    log: () => lost.abort(),
  });
  expect(first.outcome).toMatchObject({ kind: 'unknown' });
  await host.ssh.run('shop-1', ['touch', mark], { timeoutMs: 10_000 });
  const second = await sshScript(host.ssh).reattach?.(
    { host: 'shop-1', script: 'not run' },
    first.handle,
    contextOf({ repeated: true }),
  );
  expect(second).toMatchObject({ kind: 'succeeded', outputs: { tail: 'begun\nover' } });
});

test('what takes too long is ended, and with a unit also what had left its session', async () => {
  const mark = `95${Date.now() % 1_000_000}`;
  const { outcome } = await run(`${host.hasSystemd ? `setsid sleep ${mark} &` : ''} sleep ${mark}`, {
    timeoutMs: 4_000,
  });
  expect(outcome).toMatchObject({ kind: 'failed', class: 'timeout' });
  expect(processesWith(mark)).toEqual([]);
});

test('a person who stops it on the machine is heard of', async () => {
  const stop = async (handle: JsonObject) => {
    const byHand = host.hasSystemd ? ['systemctl', 'stop', '--', String(handle.unit)] : ['kill', String(handle.pid)];
    await host.ssh.run('shop-1', byHand, { timeoutMs: 20_000 });
  };
  let handle: JsonObject = {};
  const { outcome } = await run('echo begun; sleep 600', {
    checkpoint: async (given) => {
      handle = given;
    },
    log: () => void stop(handle),
  });
  expect(outcome).toMatchObject({
    kind: 'failed',
    when: 'after_dispatch',
    message: expect.stringContaining('was stopped'),
  });
});
