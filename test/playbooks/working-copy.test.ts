/** Which commit a folder belongs to, against what real git says. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { workingCopyOf } from '../../src/playbooks/working-copy.ts';
import { type Scratch, scratch } from './git.ts';

function repository(): Scratch {
  const at = scratch();
  at.git('init', '-q', '-b', 'main');
  at.write('team/playbooks/a.yml', 'a');
  at.commit();
  return at;
}

const commitOf = async (dir: string): Promise<string | undefined> => (await workingCopyOf(dir))?.commit;

describe('the commit of a folder is what git says', () => {
  test('on a branch, in a folder below', async () => {
    const at = repository();
    expect(await commitOf(at.path('team/playbooks'))).toBe(at.git('rev-parse', 'HEAD'));
    at.write('team/playbooks/a.yml', 'b');
    const next = at.commit();
    expect(await commitOf(at.path('team/playbooks'))).toBe(next);
  });

  test('with the branches packed', async () => {
    const at = repository();
    at.git('branch', 'main-2');
    at.git('tag', '-a', 'v1', '-m', 'annotated: its commit stands in a line of its own');
    at.git('pack-refs', '--all');
    expect(await commitOf(at.dir)).toBe(at.git('rev-parse', 'HEAD'));
  });

  test('with a detached head, in SHA-256 too', async () => {
    const at = scratch();
    at.git('init', '-q', '--object-format=sha256');
    at.write('a', 'a');
    const first = at.commit();
    at.write('a', 'b');
    at.commit();
    at.git('checkout', '-q', '--detach', 'HEAD~1');
    expect(first).toHaveLength(64);
    expect(await commitOf(at.dir)).toBe(first);
  });

  test('in a worktree, whose branch lies in the repository, and through a link to it', async () => {
    const at = repository();
    at.git('worktree', 'add', '-q', '-b', 'other', at.path('beside'));
    at.write('beside/team/playbooks/a.yml', 'c');
    at.git('-C', at.path('beside'), 'commit', '-qam', 'only there');
    const there = at.git('rev-parse', 'other');
    expect(there).not.toBe(at.git('rev-parse', 'HEAD'));
    expect(await commitOf(at.path('beside/team/playbooks'))).toBe(there);
    at.point('current', 'beside/team');
    expect(await commitOf(at.path('current/playbooks'))).toBe(there);
    at.git('pack-refs', '--all');
    expect(await commitOf(at.path('current/playbooks'))).toBe(there);
  });

  test('while git is at work in it, that is seen', async () => {
    const at = repository();
    expect((await workingCopyOf(at.dir))?.isBusy).toBe(false);
    writeFileSync(at.path('.git/index.lock'), '');
    expect((await workingCopyOf(at.path('team')))?.isBusy).toBe(true);
  });
});

describe('there is no commit', () => {
  test('outside of git', async () => {
    const at = scratch();
    expect(await workingCopyOf(at.dir)).toBeUndefined();
    expect(await workingCopyOf(at.path('nowhere'))).toBeUndefined();
  });

  test('before the first one', async () => {
    const at = scratch();
    at.git('init', '-q');
    expect(await workingCopyOf(at.dir)).toMatchObject({ commit: undefined, isBusy: false });
  });

  test.each(['ref: refs/heads/../../../secret', 'ref: refs/heads/round', 'nothing', ''])(
    'in a HEAD of "%s"',
    async (head) => {
      const at = scratch();
      mkdirSync(at.path('.git/refs/heads'), { recursive: true });
      at.write('.git/HEAD', `${head}\n`);
      at.write('.git/refs/heads/round', 'ref: refs/heads/round\n');
      at.write('secret', 'a'.repeat(40));
      expect(await commitOf(at.dir)).toBeUndefined();
    },
  );
});
