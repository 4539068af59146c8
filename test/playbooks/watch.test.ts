/** A folder that is looked after, on a real file system: whatever way a change arrives, it is taken once it rests. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Reading } from '../../src/playbooks/folder.ts';
import { openShelf } from '../../src/playbooks/shelf.ts';
import { watchFolder } from '../../src/playbooks/watch.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { eventually } from '../support/eventually.ts';
import { actions } from './actions.ts';
import { scratch } from './git.ts';
import { told } from './told.ts';
import { restart, withSteps } from './written.ts';

const good = withSteps(restart);
const broken = withSteps(restart.replace('restart', 'restrat'));
const named = (name: string, text = good): string => text.replace('name: Scale', `name: ${name}`);
const withId = (id: string, text = good): string => text.replace('id: scale', `id: ${id}`);

/** So seldom that what is seen was heard. */
const never = 3_600_000;

async function watched(dir: string, everyMs: number) {
  const telemetry = told();
  const { library } = memoryStore({ now: () => 0 });
  const shelf = await openShelf({ dir, actions, library, telemetry });
  const stop = watchFolder({ dir, shelf, log: telemetry.log, everyMs, restMs: 20 });
  onTestFinished(stop);
  const shown = () => shelf.current().map(({ id, name }) => `${id}: ${name}`);
  const shows = (...wanted: readonly string[]) =>
    eventually(`shows ${wanted}`, async () => JSON.stringify(shown()) === JSON.stringify(wanted));
  const says = (...wanted: readonly string[]) =>
    eventually(
      `says ${wanted}`,
      async () =>
        shelf.problems().length === wanted.length && wanted.every((part, at) => shelf.problems()[at]?.includes(part)),
    );
  return { shelf, shown, shows, says, stop, ...telemetry };
}

describe.each([
  { how: 'heard of', everyMs: never },
  { how: 'found by looking', everyMs: 20 },
])('what happens in the folder is $how', ({ everyMs }) => {
  test('written, broken, mended, renamed, deleted', async () => {
    const at = scratch();
    at.write('p/a.yml', good);
    const { shown, shows, says } = await watched(at.path('p'), everyMs);
    expect(shown()).toEqual(['scale: Scale']);
    at.write('p/a.yml', named('Edited'));
    await shows('scale: Edited');
    at.write('p/a.yml', broken);
    await says('p/a.yml:8:80  bad_argument');
    expect(shown()).toEqual(['scale: Edited']);
    at.write('p/a.yml', named('Mended'));
    await shows('scale: Mended');
    await says();
    at.write('p/b.yml', withId('second'));
    await shows('scale: Mended', 'second: Scale');
    at.rename('p/a.yml', 'p/c.yml');
    await shows('second: Scale', 'scale: Mended');
    at.remove('p/b.yml');
    await shows('scale: Mended');
  });

  test('saved as editors do, who write another file and rename it', async () => {
    const at = scratch();
    at.write('p/a.yml', good);
    const { shows } = await watched(at.path('p'), everyMs);
    at.replace('p/a.yml', named('Saved'));
    await shows('scale: Saved');
    at.replace('p/a.yml', named('Again'));
    await shows('scale: Again');
  });

  test('as a ConfigMap does, whose files are links below a link that is swapped', async () => {
    const at = scratch();
    at.write('p/..1/a.yml', good);
    at.write('p/..2/a.yml', named('Swapped'));
    at.point('p/..data', '..1');
    at.point('p/a.yml', '..data/a.yml');
    const { shown, shows } = await watched(at.path('p'), everyMs);
    expect(shown()).toEqual(['scale: Scale']);
    at.point('p/..data', '..2');
    await shows('scale: Swapped');
  });

  test('two hundred files at once, and a third of them replaced', async () => {
    const at = scratch();
    const names = Array.from({ length: 200 }, (_, n) => `p/n${String(n).padStart(3, '0')}.yml`);
    for (const [n, name] of names.entries()) at.write(name, withId(`n${n}`));
    const { shelf, says } = await watched(at.path('p'), everyMs);
    expect([shelf.current().length, shelf.problems()]).toEqual([200, []]);
    for (const [n, name] of names.entries()) if (n % 3 === 0) at.write(name, withId(`n${n}`, named('New')));
    at.write('p/n100.yml', broken);
    await says('p/n100.yml:8:80');
    await eventually('the new ones', async () => shelf.current().filter(({ name }) => name === 'New').length === 67);
    expect(shelf.current().map(({ id }) => id)).toEqual(names.map((_, n) => `n${n}`));
  });
});

describe('what makes no noise is found by looking', () => {
  test('the folder is a link, or below one, that is swapped, as by git-sync', async () => {
    const at = scratch();
    at.write('one/p/a.yml', good);
    at.write('two/p/a.yml', named('Other'));
    at.point('current', 'one');
    const { shows, says } = await watched(at.path('current/p'), 20);
    at.point('current', 'two');
    await shows('scale: Other');
    at.point('current', 'nowhere');
    await says('playbooks.folder');
    await shows('scale: Other');
    at.point('current', 'one');
    await shows('scale: Scale');
    await says();
  });

  test('a folder that is deleted and made anew is heard again', async () => {
    const at = scratch();
    at.write('p/a.yml', good);
    const { shows, says } = await watched(at.path('p'), 20);
    at.rename('p', 'q');
    await says('playbooks.folder');
    at.write('p/a.yml', named('Anew'));
    await shows('scale: Anew');
    at.write('p/a.yml', named('Heard'));
    await shows('scale: Heard');
  });
});

describe('a git working copy that moves', () => {
  test('another commit is checked out: its versions, and its name for them', async () => {
    const at = scratch();
    at.git('init', '-q', '-b', 'main');
    at.write('p/a.yml', good);
    const first = at.commit();
    at.write('p/a.yml', named('Second'));
    at.write('p/b.yml', withId('more'));
    const second = at.commit();
    const { shelf, shows } = await watched(at.path('p'), 20);
    const commits = () => shelf.current().map(({ hash }) => shelf.commit(hash));
    expect(commits()).toEqual([second, second]);
    const [old] = shelf.current();
    at.git('checkout', '-q', first);
    await shows('scale: Scale');
    await eventually('the first commit', async () => commits()[0] === first);
    expect(old && shelf.commit(old.hash)).toBeUndefined();
  });

  test('a commit elsewhere in it moves the name along; a broken file stays with the commit of its last good version', async () => {
    const at = scratch();
    at.git('init', '-q', '-b', 'main');
    at.write('p/a.yml', good);
    at.write('p/b.yml', withId('other'));
    const first = at.commit();
    const { shelf, says } = await watched(at.path('p'), 20);
    const commits = () => JSON.stringify(shelf.current().map(({ hash }) => shelf.commit(hash)));
    at.write('README', 'elsewhere');
    const second = at.commit();
    await eventually('the second commit', async () => commits() === JSON.stringify([second, second]));
    at.write('p/a.yml', broken);
    const third = at.commit();
    await says('p/a.yml:8:80');
    await eventually('the third commit', async () => commits() === JSON.stringify([second, third]));
    expect(first).not.toBe(second);
  });
});

describe('only what has come to rest is taken', () => {
  const reading = (text: string, isBusy = false): Reading => ({
    files: [{ name: 'a.yml', text }],
    copy: undefined,
    isBusy,
    key: `${text}${isBusy}`,
  });

  /** Read one after the other, and the last one from then on. */
  async function takenOf(readings: readonly Reading[]): Promise<readonly Reading[]> {
    const taken: Reading[] = [];
    const rest = [...readings];
    const last = readings.at(-1) ?? reading('');
    const shelf = {
      isNews: ({ key }: Reading) => key !== taken.at(-1)?.key,
      take: async (one: Reading) => void taken.push(one),
    };
    const read = async () => rest.shift() ?? last;
    onTestFinished(watchFolder({ dir: '/nowhere', shelf, log: told().log, everyMs: 1, restMs: 1, read }));
    await eventually('the last one', async () => taken.at(-1)?.key === last.key);
    return taken;
  }

  test('a file that is still being written', async () => {
    const whole = reading('steps: [one, two]');
    expect(await takenOf([reading('st'), reading('steps:'), reading('steps: [one]'), whole])).toEqual([whole]);
  });

  test('a folder in which git is at work', async () => {
    const half = reading('half', true);
    expect(await takenOf([half, half, half, half, reading('whole')])).toEqual([reading('whole')]);
  });
});

test('what cannot be taken is tried again', async () => {
  const at = scratch();
  at.write('a.yml', good);
  const { log, said } = told();
  let tries = 0;
  const shelf = {
    isNews: () => tries < 3,
    take: async () => {
      tries += 1;
      if (tries < 3) throw new Error('away');
    },
  };
  onTestFinished(watchFolder({ dir: at.dir, shelf, log, everyMs: 1, restMs: 1 }));
  await eventually('the third try', async () => tries === 3);
  expect(said('playbooks could not be taken; tried again')).toHaveLength(2);
});

test('after it was stopped nothing is taken any more', async () => {
  const at = scratch();
  at.write('p/a.yml', good);
  const { shelf, shows, stop } = await watched(at.path('p'), 20);
  at.write('p/a.yml', named('Last'));
  await shows('scale: Last');
  await stop();
  at.write('p/a.yml', named('Later'));
  expect(shelf.current().map(({ name }) => name)).toEqual(['Last']);
});
