/** The anchor: a file that says how far the store had come, whatever became of the store. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileAnchor } from '../../src/blobs/anchor.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-anchor-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test('what was written is read by the next process, and nothing is left beside it', async () => {
  const dir = await folder();
  const path = join(dir, 'not-yet-there', 'reached.json');
  expect(await fileAnchor(path).read()).toBeUndefined();
  const anchor = fileAnchor(path);
  await anchor.write({ store: 'a', writes: 1 });
  await anchor.write({ store: 'a', writes: 2 });
  expect(await fileAnchor(path).read()).toEqual({ store: 'a', writes: 2 });
  expect(await readdir(join(dir, 'not-yet-there'))).toEqual(['reached.json']);
});

test.each(['', '{', '{"store":1}', 'null'])('a file that holds `%s` says nothing', async (text) => {
  const path = join(await folder(), 'reached.json');
  await writeFile(path, text);
  expect(await fileAnchor(path).read()).toBeUndefined();
});
