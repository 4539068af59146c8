/** The tests of the playbooks that ship, and those of the examples in the language's description. */
import { expect, test } from 'vitest';
import { lintPlaybooks } from '../../src/rehearsal/lint.ts';
import { testPlaybooks } from '../../src/rehearsal/suite.ts';

test.each(['playbooks', 'test/fixtures/rehearsal'])('every case of %s goes as expected', async (folder) => {
  const tested = await testPlaybooks([folder]);
  expect(tested.length).toBeGreaterThan(4);
  expect(tested.filter(({ problems }) => problems.length)).toEqual([]);
  expect(lintPlaybooks([folder]).problems).toEqual([]);
});
