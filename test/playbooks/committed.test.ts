/** Whether a file is as its commit has it, against what real git does with a repository. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commitsOf } from '../../src/playbooks/committed.ts';
import { readFolder } from '../../src/playbooks/folder.ts';
import { type Scratch, scratch } from './git.ts';

const long = (seed: string): string => Array.from({ length: 400 }, (_, at) => `# ${seed} line ${at}\n`).join('');

/** Files that change a little with each commit, so that git keeps them as differences when it packs them. */
function repository(format = 'sha1'): Scratch {
  const at = scratch();
  at.git('init', '-q', '-b', 'main', `--object-format=${format}`);
  for (let round = 0; round < 5; round += 1) {
    for (const name of ['a', 'b', 'c']) at.write(`team/playbooks/${name}.yml`, `${long(name)}# ${round}\n`);
    at.write('team/README', `round ${round}`);
    for (let other = 0; other < 40; other += 1) at.write(`other/file-${other}`, `${other} ${other === round}`);
    at.commit();
  }
  return at;
}

async function marks(at: Scratch, folder = 'team/playbooks'): Promise<Readonly<Record<string, string>>> {
  const commits = await commitsOf(at.path(folder), await readFolder(at.path(folder)));
  const head = at.git('rev-parse', 'HEAD');
  return Object.fromEntries([...commits].map(([name, commit]) => [name, commit.replace(head, 'HEAD')]));
}

const clean = { 'a.yml': 'HEAD', 'b.yml': 'HEAD', 'c.yml': 'HEAD' };

describe.each(['sha1', 'sha256'])('in a repository of %s', (format) => {
  test.each([
    ['as it was written', () => undefined],
    ['packed', (at: Scratch) => at.git('gc', '-q', '--aggressive')],
    [
      'packed with differences by name',
      (at: Scratch) => at.git('-c', 'repack.usedeltabaseoffset=false', 'repack', '-adfq', '--depth=50', '--window=50'),
    ],
  ])('%s: what is committed has no mark, what is changed, staged or new has one', async (_, pack) => {
    const at = repository(format);
    pack(at);
    expect(await marks(at)).toEqual(clean);
    at.write('team/playbooks/a.yml', 'changed');
    at.write('team/playbooks/b.yml', `${readFileSync(at.path('team/playbooks/b.yml'), 'utf8')}# more\n`);
    at.git('add', 'team/playbooks/b.yml');
    at.write('team/playbooks/d.yml', 'new');
    expect(await marks(at)).toEqual({ 'a.yml': 'HEAD+', 'b.yml': 'HEAD+', 'c.yml': 'HEAD', 'd.yml': 'HEAD+' });
    at.commit();
    expect(await marks(at)).toEqual({ ...clean, 'd.yml': 'HEAD' });
  });
});

test('a folder that no commit has is all marks, and one of a worktree is read from where its objects are', async () => {
  const at = repository();
  at.write('fresh/a.yml', 'a');
  expect(await marks(at, 'fresh')).toEqual({ 'a.yml': 'HEAD+' });
  at.git('worktree', 'add', '-q', at.path('beside'), 'HEAD');
  at.write('beside/team/playbooks/a.yml', 'changed');
  expect(await marks(at, 'beside/team/playbooks')).toEqual({ ...clean, 'a.yml': 'HEAD+' });
});

test('where the repository cannot be read there is no mark, and nothing breaks', async () => {
  const at = repository();
  at.git('gc', '-q');
  at.rename('.git/objects/pack', '.git/objects/elsewhere');
  const before = await commitsOf(at.path('team/playbooks'), await readFolder(at.path('team/playbooks')));
  expect([...before.values()].map((commit) => commit.endsWith('+'))).toEqual([false, false, false]);
});
