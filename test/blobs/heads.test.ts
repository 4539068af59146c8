/** Where histories had come to, in a file that outlives the store. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { headsFile, headsIn } from '../../src/blobs/heads.ts';
import { historyKeyIn, ownHistoryKey } from '../../src/blobs/history-key.ts';
import { incident } from '../contract/fixtures.ts';

async function file(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-heads-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, 'not-yet-there', 'heads.jsonl');
}

function opened(path: string) {
  const said: unknown[] = [];
  const say = (what: string, fields?: object): void => void said.push({ what, ...fields });
  let at = 0;
  return { said, heads: headsFile({ path, now: () => ++at, log: { info: say, warn: say, error: say } }) };
}

test('each that moved stands in one line, with its last end; the log has the digest of the line', async () => {
  const path = await file();
  const { heads, said } = opened(path);
  heads.moved(incident(1), 'aaa');
  heads.moved(incident(1), 'bbb');
  heads.moved(incident(2), 'ccc');
  await heads.write();
  await heads.write();
  heads.moved(incident(1), 'ddd');
  await heads.write();
  expect(await headsIn(path)).toEqual(
    new Map([
      [
        incident(1),
        [
          { at: 1, head: 'bbb' },
          { at: 2, head: 'ddd' },
        ],
      ],
      [incident(2), [{ at: 1, head: 'ccc' }]],
    ]),
  );
  const [first = ''] = (await readFile(path, 'utf8')).split('\n');
  const sha256 = createHash('sha256').update(first).digest('hex');
  expect(said).toEqual([expect.objectContaining({ histories: 2, sha256 }), expect.objectContaining({ histories: 1 })]);
});

test('what could not be written is written with the next', async () => {
  const path = await file();
  await mkdir(path, { recursive: true });
  const { heads, said } = opened(path);
  heads.moved(incident(1), 'aaa');
  heads.moved(incident(2), 'bbb');
  await heads.write();
  expect(said).toMatchObject([{ what: 'ends of histories cannot be written down' }]);
  await rm(path, { recursive: true });
  heads.moved(incident(1), 'ccc');
  await heads.write();
  expect([...(await headsIn(path)).values()].flat().map(({ head }) => head)).toEqual(['ccc', 'bbb']);
});

test('a line that was left half written says nothing and spoils no other, and where there is no file nothing is known', async () => {
  const path = await file();
  expect(await headsIn(path)).toEqual(new Map());
  const { heads } = opened(path);
  heads.moved(incident(1), 'aaa');
  await heads.write();
  await appendFile(path, 'null\n{}\n{"at":2,"heads":{"inc-1"');
  heads.moved(incident(1), 'bbb');
  await heads.write();
  const written = [
    { at: 1, head: 'aaa' },
    { at: 2, head: 'bbb' },
  ];
  expect(await headsIn(path)).toEqual(new Map([[incident(1), written]]));
});

test('a key is made once, whoever comes first, and only its user may read it', async () => {
  const path = await file();
  expect(await historyKeyIn(path)).toBeUndefined();
  const keys = await Promise.all([ownHistoryKey(path), ownHistoryKey(path)]);
  expect(new Set([...keys, await historyKeyIn(path)]).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
