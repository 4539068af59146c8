/** A version is in a real Redis before anybody is offered it, so that processes with different folders agree. */
import { expect, onTestFinished, test } from 'vitest';
import { openShelf } from '../../src/playbooks/shelf.ts';
import { watchFolder } from '../../src/playbooks/watch.ts';
import { redisStore } from '../../src/store/redis.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/servers.ts';
import { actions } from './actions.ts';
import { type Scratch, scratch } from './git.ts';
import { told } from './told.ts';
import { restart, withSteps } from './written.ts';

const good = withSteps(restart);
const named = (name: string): string => good.replace('name: Scale', `name: ${name}`);

/** A process with a folder of its own on a Redis that may be shared. */
async function processOn(url: string, at: Scratch) {
  const telemetry = told();
  const store = await redisStore({ url });
  onTestFinished(() => store.close());
  const shelf = await openShelf({ dir: at.dir, actions, library: store.library, telemetry });
  onTestFinished(watchFolder({ dir: at.dir, shelf, log: telemetry.log, everyMs: 20, restMs: 5 }));
  const offers = (name: string) =>
    eventually(`offers ${name}`, async () => shelf.current().find((playbook) => playbook.name === name));
  return { store, shelf, offers, ...telemetry };
}

test('whatever one process offers, another one with another folder can read', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const [mine, theirs] = [scratch(), scratch()];
  mine.write('a.yml', good);
  theirs.write('a.yml', named('Theirs'));
  const one = await processOn(redis.url, mine);
  const other = await processOn(redis.url, theirs);
  for (const version of ['First', 'Second', 'Third']) {
    mine.write('a.yml', named(version));
    const offered = await one.offers(version);
    // Asked as soon as it is seen: it was there before.
    expect(await other.store.library.get(offered.hash)).toEqual(offered);
  }
  expect(other.shelf.current().map(({ name }) => name)).toEqual(['Theirs']);
});

test('while Redis is away the version before stays; the new one is taken when it is back', async () => {
  const at = scratch();
  const data = scratch();
  const first = await startRedis({ dir: data.dir });
  onTestFinished(first.stop);
  at.write('a.yml', good);
  const { shelf, store, offers, counted } = await processOn(first.url, at);
  await first.stop();
  at.write('a.yml', named('New'));
  await eventually('a try that fails', async () => counted('playbook_reloads_total').includes('not_published'));
  expect(shelf.current().map(({ name }) => name)).toEqual(['Scale']);
  at.write('b.yml', 'not: a playbook');
  await eventually('the problem is told all the same', async () => shelf.problems().length > 0);
  expect(shelf.current().map(({ name }) => name)).toEqual(['Scale']);
  const again = await startRedis({ dir: data.dir, port: first.port });
  onTestFinished(again.stop);
  const taken = await offers('New');
  expect(await store.library.get(taken.hash)).toEqual(taken);
});
