/** Lanes: one handover at a time, what waits goes together, each caller gets its own. */
import { expect, test } from 'vitest';
import { lanes } from '../../src/engine/lane.ts';

function recorded(most: number) {
  const handed: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const lane = lanes<number, string>(
    async (items) => {
      handed.push(items);
      await new Promise<void>((resolve) => gates.push(resolve));
      if (items.includes(13)) throw new Error('unlucky');
      return items.map((item) => `did ${item}`);
    },
    () => most,
  );
  const open = async () => {
    while (gates.length) {
      gates.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { lane, handed, open };
}

test('what waits while one is handed over goes together afterwards', async () => {
  const { lane, handed, open } = recorded(10);
  const results = Promise.all([lane('a', 1), lane('a', 2), lane('a', 3)]);
  await open();
  expect(await results).toEqual(['did 1', 'did 2', 'did 3']);
  expect(handed).toEqual([[1], [2, 3]]);
});

test('never more than so many at once, and in order', async () => {
  const { lane, handed, open } = recorded(2);
  const results = Promise.all([1, 2, 3, 4, 5].map((item) => lane('a', item)));
  await open();
  await results;
  expect(handed).toEqual([[1], [2, 3], [4, 5]]);
});

test('lanes do not wait for each other', async () => {
  const { lane, handed, open } = recorded(2);
  const results = Promise.all([lane('a', 1), lane('b', 2)]);
  expect(handed).toEqual([[1], [2]]);
  await open();
  await results;
});

test('a failure reaches those it befell, and the lane goes on', async () => {
  const { lane, open } = recorded(1);
  const results = Promise.allSettled([lane('a', 13), lane('a', 2)]);
  await open();
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});
