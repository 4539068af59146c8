/** The shelf: the playbooks of a folder as they are now. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoreDown } from '../../src/domain/failures.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import type { Library } from '../../src/engine/ports.ts';
import { digest } from '../../src/playbooks/pure.ts';
import { openShelf } from '../../src/playbooks/shelf.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { actions } from './actions.ts';
import { told } from './told.ts';
import { restart, withSteps } from './written.ts';

const good = withSteps(restart);
const broken = withSteps(restart.replace('restart', 'restrat'));
const named = (id: string, text = good): string => text.replace('id: scale', `id: ${id}`);

function folder() {
  const dir = join(mkdtempSync(join(tmpdir(), 'tocsin-playbooks-')), 'playbooks');
  mkdirSync(dir);
  onTestFinished(() => rmSync(join(dir, '..'), { recursive: true }));
  const path = (name: string) => join(dir, name);
  return {
    dir,
    path,
    write: (name: string, text: string) => writeFileSync(path(name), text),
    remove: (name: string) => rmSync(path(name)),
    rename: (from: string, to: string) => renameSync(path(from), path(to)),
  };
}

async function shelfOf(dir: string, library: Library = memoryStore({ now: () => 0 }).library) {
  const telemetry = told();
  const shelf = await openShelf({ dir, actions, library, telemetry });
  const ids = () => shelf.current().map(({ id }) => id);
  return { shelf, ids, library, ...telemetry };
}

describe('the shelf', () => {
  test('a file that breaks leaves its last good version in force, and is told once', async () => {
    const { dir, write, remove } = folder();
    write('scale.yml', good);
    const { shelf, said, counted } = await shelfOf(dir);
    const [before] = shelf.current();
    expect(before?.id).toBe('scale');
    write('scale.yml', broken);
    await shelf.reload();
    await shelf.reload();
    expect(shelf.current()).toEqual([before]);
    expect(shelf.problems()).toEqual([expect.stringMatching(/^playbooks\/scale\.yml:8:80 {2}bad_argument/)]);
    expect(said('playbook_problem')).toHaveLength(1);
    expect(counted('playbook_reloads_total')).toEqual(['loaded', 'problems', 'problems']);
    remove('scale.yml');
    await shelf.reload();
    expect(shelf.current()).toEqual([]);
    expect(shelf.problems()).toEqual([]);
  });

  test('a file that is renamed and broken at once keeps its last good version', async () => {
    const { dir, write, rename } = folder();
    write('scale.yml', good);
    const { shelf, ids } = await shelfOf(dir);
    rename('scale.yml', 'grow.yml');
    await shelf.reload();
    expect([ids(), shelf.problems()]).toEqual([['scale'], []]);
    rename('grow.yml', 'shrink.yml');
    write('shrink.yml', broken);
    await shelf.reload();
    expect(ids()).toEqual(['scale']);
    expect(shelf.problems()).toEqual([expect.stringContaining('playbooks/shrink.yml')]);
  });

  test('a file that is broken and takes another id keeps what it was', async () => {
    const { dir, write } = folder();
    write('scale.yml', good);
    const { shelf, ids } = await shelfOf(dir);
    write('scale.yml', named('grow', broken));
    await shelf.reload();
    expect(ids()).toEqual(['scale']);
    write('scale.yml', named('grow'));
    await shelf.reload();
    expect(ids()).toEqual(['grow']);
  });

  test('of two files with one id the one that had it keeps it, whatever their names', async () => {
    const { dir, write } = folder();
    write('b.yml', good);
    const { shelf, ids } = await shelfOf(dir);
    const [before] = shelf.current();
    write('a.yml', good.replace('name: Scale', 'name: A copy'));
    await shelf.reload();
    expect(ids()).toEqual(['scale']);
    expect(shelf.current()).toEqual([before]);
    expect(shelf.problems()).toEqual([
      expect.stringMatching(
        /^playbooks\/a\.yml:.*duplicate_playbook {2}There is a playbook `scale` already, in playbooks\/b\.yml\.$/,
      ),
    ]);
  });

  test('what is switched off, a test, or a second of the same name is not offered', async () => {
    const { dir, write } = folder();
    write('a.yml', good);
    write('b.yml', good);
    write('c.yml', `enabled: false\n${named('off')}`);
    write('a.test.yml', 'not: a playbook');
    const { shelf, ids } = await shelfOf(dir);
    expect(ids()).toEqual(['scale']);
    expect(shelf.problems()).toEqual([
      expect.stringContaining('duplicate_playbook  There is a playbook `scale` already, in playbooks/a.yml.'),
    ]);
  });

  test('one file that cannot be read takes no other one with it', async () => {
    const { dir, path, write } = folder();
    write('b.yml', good);
    mkdirSync(path('a.yml'));
    symlinkSync('nowhere', path('c.yml'));
    write('d.yml', 'x'.repeat(10_000_000));
    const { shelf, ids } = await shelfOf(dir);
    expect(ids()).toEqual(['scale']);
    expect(shelf.problems()).toEqual([
      expect.stringContaining('a.yml:1:1  unreadable  It cannot be read (it is no file).'),
      expect.stringContaining('c.yml:1:1  unreadable  It cannot be read (ENOENT).'),
      expect.stringContaining('d.yml:1:1  too_large'),
    ]);
  });

  test('a folder that is not there is said, with what to set, and takes nothing away', async () => {
    const { dir, write } = folder();
    write('scale.yml', good);
    const { shelf, ids, counted } = await shelfOf(dir);
    renameSync(dir, `${dir}-elsewhere`);
    await shelf.reload();
    expect(ids()).toEqual(['scale']);
    expect(shelf.problems()).toEqual([expect.stringContaining('playbooks.folder')]);
    expect(counted('playbook_reloads_total')).toEqual(['loaded', 'unreadable']);
  });

  test('a version is named by what is stored of it', async () => {
    const { dir, write } = folder();
    write('scale.yml', `${good}concurrency: {group: shop}\ninputs: {host: {type: host, optional: true}}\n`);
    const { shelf } = await shelfOf(dir);
    const [playbook] = shelf.current();
    const { hash, ...content } = JSON.parse(JSON.stringify(playbook));
    expect(digest(content)).toBe(hash);
  });

  test('a version that cannot be published does not become current, and is taken later', async () => {
    const { dir, write } = folder();
    write('scale.yml', good);
    const { library: real } = await shelfOf(dir);
    const away = { yes: false };
    const published: Playbook[] = [];
    const library: Library = {
      get: real.get,
      publish: async (playbooks) => {
        if (away.yes) throw new StoreDown('away');
        published.push(...playbooks);
      },
    };
    const { shelf, ids, counted } = await shelfOf(dir, library);
    away.yes = true;
    write('scale.yml', named('grow'));
    await expect(shelf.reload()).rejects.toThrow(StoreDown);
    expect(ids()).toEqual(['scale']);
    away.yes = false;
    await shelf.reload();
    expect(ids()).toEqual(['grow']);
    expect(published.map(({ id }) => id)).toEqual(['scale', 'grow']);
    expect(counted('playbook_reloads_total')).toEqual(['loaded', 'not_published', 'loaded']);
  });
});
