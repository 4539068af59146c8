/** Whoever takes a shipped playbook finds out by its test what it does. */
import { expect, test } from 'vitest';
import { filesBelow, read } from './support/modules.ts';

test('every shipped playbook has a test beside it, of that playbook', () => {
  const files = filesBelow('playbooks', '.yml');
  const playbooks = files.filter((file) => !file.endsWith('.test.yml'));
  expect(playbooks.length).toBeGreaterThan(1);
  const untested = playbooks.filter((file) => {
    const test = file.replace(/\.yml$/, '.test.yml');
    const [, id] = /^id: (\S+)$/m.exec(read(file)) ?? [];
    return !files.includes(test) || !read(test).includes(`\nplaybook: ${id}\n`);
  });
  expect(untested, 'Every playbooks/NAME.yml has a playbooks/NAME.test.yml, which names it.').toEqual([]);
});
