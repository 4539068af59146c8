/** The shelf: the playbooks of a folder as they are now. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Log } from '../../src/engine/ports.ts';
import { createShelf } from '../../src/playbooks/shelf.ts';
import { actions } from './actions.ts';
import { restart, withSteps } from './written.ts';

describe('the shelf', () => {
  const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
  function folder(): string {
    const dir = join(mkdtempSync(join(tmpdir(), 'tocsin-playbooks-')), 'playbooks');
    mkdirSync(dir);
    onTestFinished(() => rmSync(join(dir, '..'), { recursive: true }));
    return dir;
  }

  test('a file that breaks leaves its last good version in force, and is told', () => {
    const dir = folder();
    writeFileSync(join(dir, 'scale.yml'), withSteps(restart));
    const shelf = createShelf(dir, actions, silent);
    const [before] = shelf.current();
    expect(before?.id).toBe('scale');
    writeFileSync(join(dir, 'scale.yml'), withSteps(restart.replace('restart', 'restrat')));
    shelf.reload();
    expect(shelf.current()).toEqual([before]);
    expect(shelf.problems()).toEqual([expect.stringMatching(/^playbooks\/scale\.yml:8:80 {2}bad_argument/)]);
    rmSync(join(dir, 'scale.yml'));
    shelf.reload();
    expect(shelf.current()).toEqual([]);
  });

  test('what is switched off, a test, or a second of the same name is not offered', () => {
    const dir = folder();
    writeFileSync(join(dir, 'a.yml'), withSteps(restart));
    writeFileSync(join(dir, 'b.yml'), withSteps(restart));
    writeFileSync(join(dir, 'c.yml'), `enabled: false\n${withSteps(restart).replace('id: scale', 'id: off')}`);
    writeFileSync(join(dir, 'a.test.yml'), 'not: a playbook');
    const shelf = createShelf(dir, actions, silent);
    expect(shelf.current().map(({ id }) => id)).toEqual(['scale']);
    expect(shelf.problems()).toEqual([
      expect.stringContaining('duplicate_playbook  There is a playbook `scale` already, in playbooks/a.yml.'),
    ]);
  });

  test('a folder that is not there is said, with what to set', () => {
    const shelf = createShelf('/nowhere/playbooks', actions, silent);
    expect(shelf.problems()).toEqual([expect.stringContaining('playbooks.folder')]);
  });
});
