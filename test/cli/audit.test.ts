/** `tocsin audit verify`: what a person is told of histories that are what was written, and of others. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test, vi } from 'vitest';
import { folderArchive } from '../../src/blobs/archive.ts';
import { headsFile } from '../../src/blobs/heads.ts';
import { keyedSeal } from '../../src/store/chain.ts';
import { redisStore } from '../../src/store/redis.ts';
import { change, entry, incident, record } from '../contract/fixtures.ts';
import { startRedis } from '../support/servers.ts';
import { installed, secrets } from './installed.ts';

// Each call is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

const key = 'the-key-of-this-installation';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function installation() {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const { tocsin, path } = installed(
    `redis: {url: "${server.url}"}\nhistory: {key: "\${env:TOCSIN_HISTORY_KEY:-}"}\nblobs: {folder: blobs}\n`,
  );
  const heads = headsFile({ path: path('blobs/heads.jsonl'), now: () => Date.UTC(2026, 0, 2), log: silent });
  const store = await redisStore({ url: server.url, seal: keyedSeal(key), onHead: heads.moved });
  await store.commit(change({ history: [entry('a'), entry('b')] }));
  await store.commit(change({ id: incident(2), history: [entry('c')], open: false }));
  onTestFinished(() => store.close());
  await heads.write();
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const verify = (args: readonly string[] = [], env: object = { TOCSIN_HISTORY_KEY: key }) =>
    tocsin(['audit', 'verify', ...args], { ...secrets, ...env });
  return { redis, store, path, verify };
}

test('it says what is as it was written, what was changed, what was cut off and what is gone', async () => {
  const { redis, verify } = await installation();
  expect(await verify()).toEqual({ code: 0, err: '', out: ['3 entries of 2 histories are what was written.'] });

  const log = '{tocsin}:inc-1:log';
  await redis.lset(log, 1, (await redis.lindex(log, 1))?.replace('"detail":"b"', '"detail":"x"') ?? '');
  await redis.del('{tocsin}:inc-2:log', '{tocsin}:inc-2');
  expect(await verify()).toMatchObject({
    code: 1,
    out: [
      'inc-1: entry 2 (2023-11-14T22:13:20.000Z, Alertmanager, first_alert) was changed, or one before it was taken out.',
      'inc-2: it is gone: at 2026-01-02T00:00:00.000Z it was there.',
      '2 entries of 2 histories were read; 2 findings.',
    ],
  });
  const json = await verify(['--json', 'inc-2']);
  expect(JSON.parse(json.out.join(''))).toMatchObject({ histories: 1, entries: 0, findings: [{ id: 'inc-2' }] });
});

test('what has left Redis for the archive is vouched for there', async () => {
  const { store, path, verify } = await installation();
  const archive = folderArchive({ dir: path('blobs/archive'), afterMs: 0, now: () => Date.UTC(2026, 0, 2) });
  const whole = (await store.ended.whole(incident(2))) ?? expect.fail('it is gone');
  await archive.put({ kind: 'alerts', id: incident(2), alerts: [record('one')] });
  await archive.put({ kind: 'ended', ended: whole });
  // It may stand in both, after somebody died in between.
  expect(await verify()).toMatchObject({ code: 0, out: ['4 entries of 3 histories are what was written.'] });
  await store.ended.remove(incident(2), whole.version);
  expect(await verify()).toMatchObject({ code: 0, out: ['3 entries of 2 histories are what was written.'] });

  const file = path('blobs/archive/2026-01.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').replace('first_alert', 'approved'));
  expect(await verify(['inc-2'])).toMatchObject({
    code: 1,
    out: [expect.stringMatching(/^inc-2: entry 1 .* approved\) was changed/), expect.anything()],
  });
});

test('without the key nothing can be vouched for, and it says which key is missing', async () => {
  const { verify } = await installation();
  const { code, out } = await verify(['inc-1'], {});
  expect(code).toBe(1);
  expect(out[0]).toMatch(
    /^inc-1: entry 1 .* was sealed with a key that is not known here: name it in `history\.old_keys`/,
  );
});
