/** What the set-up says when another program fails. */
import { expect, test } from 'vitest';
// @ts-expect-error The set-up is plain JavaScript: an old Node has to read it.
import { output } from '../../bin/setup/commands.mjs';

test('why a program failed is shown where it says so first, and where it says so last', () => {
  const script = 'echo the reason comes first; seq 100; echo the reason comes last; exit 1';
  const run = (): unknown => output('sh', ['-c', script]);
  expect(run).toThrow(/the reason comes first\n1\n[\s\S]*…[\s\S]*100\nthe reason comes last$/);
});
