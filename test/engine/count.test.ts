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
  countTurn(world, { kind, before: { version: 1, state: before }, after, isOpen });
  return seen;
}

const running = { status: 'running' };
const failed = { status: 'failed' };

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
