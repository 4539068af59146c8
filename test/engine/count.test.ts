/** What is counted of a decision: an incident when it opens, a run when it ends, each once. */
import { expect, test } from 'vitest';
import { countTurn } from '../../src/engine/count.ts';
import type { Loaded } from '../../src/engine/ports.ts';
import type { World } from '../../src/engine/world.ts';

function counted(kind: string, before: Loaded['state'], after: object | undefined): readonly string[] {
  const seen: string[] = [];
  const count = (name: string, labels: object = {}) => void seen.push(`${name} ${Object.values(labels).join()}`);
  const world = { telemetry: { metrics: { count, observe: () => undefined } } } as unknown as World;
  const isOpen = (state: object): boolean => 'status' in state && state.status === 'running';
  countTurn(world, { kind, before: { version: 1, state: before, now: 0 }, after, isOpen });
  return seen;
}

const running = { status: 'running', steps: [] };
const failed = { status: 'failed', steps: [] };

test.each`
  kind          | before       | after                   | seen
  ${'incident'} | ${undefined} | ${{ severity: 'sev1' }} | ${['incidents_total sev1']}
  ${'incident'} | ${running}   | ${failed}               | ${[]}
  ${'incident'} | ${undefined} | ${undefined}            | ${[]}
  ${'run'}      | ${undefined} | ${running}              | ${[]}
  ${'run'}      | ${running}   | ${running}              | ${[]}
  ${'run'}      | ${running}   | ${failed}               | ${['runs_total failed']}
  ${'run'}      | ${failed}    | ${failed}               | ${[]}
  ${'run'}      | ${running}   | ${undefined}            | ${[]}
`('$kind from $before to $after: $seen', ({ kind, before, after, seen }) => {
  expect(counted(kind, before, after)).toEqual(seen);
});

test('a run and each of its steps are timed when they end, and once', () => {
  const seen: unknown[] = [];
  const metrics = { count: () => undefined, observe: (...args: unknown[]) => void seen.push(args) };
  const world = { telemetry: { metrics } } as unknown as World;
  const step = (id: string, status: string, more = {}) => ({
    id,
    action: 'ssh.exec',
    status,
    startedAt: 1000,
    ...more,
  });
  const before = {
    status: 'running',
    startedAt: 500,
    steps: [step('a', 'succeeded', { endedAt: 2000 }), step('b', 'running')],
  };
  const after = {
    ...before,
    status: 'failed',
    endedAt: 4500,
    steps: [before.steps[0], step('b', 'failed', { endedAt: 4000 })],
  };
  const isOpen = (state: object): boolean => 'status' in state && state.status === 'running';
  countTurn(world, { kind: 'run', before: { version: 1, state: before as never, now: 0 }, after, isOpen });
  countTurn(world, { kind: 'run', before: { version: 2, state: after as never, now: 0 }, after, isOpen });
  expect(seen).toEqual([
    ['step_seconds', 3, { action: 'ssh.exec', outcome: 'failed' }],
    ['run_seconds', 4, { outcome: 'failed' }],
  ]);
});
