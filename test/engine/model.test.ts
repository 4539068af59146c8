/** Whatever the network does to webhooks, what is known in the end is what was last said of each alert. */
import { test } from 'vitest';
import { checkModel } from './model.ts';

const seed = 20_260_101;

test('webhooks delivered twice, shuffled, split and late come to the same, and open one incident', {
  timeout: 120_000,
}, async () => {
  await checkModel(2_000, seed);
});
