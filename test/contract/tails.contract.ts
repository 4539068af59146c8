/** What every store promises about the last lines of a step's log. */
import { expect, test } from 'vitest';
import type { RunId } from '../../src/domain/ids.ts';
import type { Open } from './fixtures.ts';

const run = 'run-1' as RunId;

export function tailsContract(open: Open): void {
  test('the last lines of a log are kept in their order, for everybody, and no more than fifty', async () => {
    const { store, second } = await open();
    await store.logs.append(run, 'restart', ['one', 'two → ✓']);
    await second.logs.append(run, 'restart', ['three']);
    expect(await store.logs.tail(run, 'restart', 20)).toEqual(['one', 'two → ✓', 'three']);
    expect(await store.logs.tail(run, 'restart', 2)).toEqual(['two → ✓', 'three']);
    const many = Array.from({ length: 120 }, (_, at) => `line ${at}`);
    await store.logs.append(run, 'restart', many);
    expect(await second.logs.tail(run, 'restart', 999)).toEqual(many.slice(-50));
  });

  test('each step has a log of its own, and nothing is nothing', async () => {
    const { store } = await open();
    await store.logs.append(run, 'a', []);
    await store.logs.append(run, 'a[1]', ['x']);
    await store.logs.append('run-2' as RunId, 'a', ['y']);
    expect(await store.logs.tail(run, 'a', 20)).toEqual([]);
    expect(await store.logs.tail(run, 'a[1]', 20)).toEqual(['x']);
    expect(await store.logs.tail(run, 'a[1]', 0)).toEqual([]);
  });
}
