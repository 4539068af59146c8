/** Blobs in a folder keep the contract, never leave the folder, and leave no half-written file. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderBlobs } from '../../src/blobs/folder.ts';
import { blobsContract } from '../contract/blobs.contract.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-blobs-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

blobsContract(async () => folderBlobs(join(await folder(), 'made', 'when needed')));

test('a key that leads out of the folder finds nothing, though a file is there', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'secret'), 'x');
  const blobs = folderBlobs(join(dir, 'blobs'));
  await blobs.put('a.png', Buffer.from('x'));
  for (const key of ['../secret', '../../secret', join(dir, 'secret'), `..${'0'.repeat(62)}/../../secret`]) {
    expect(await blobs.get(key)).toBeUndefined();
  }
});

test('another process finds what was put, and only whole files are left', async () => {
  const dir = await folder();
  const bytes = Buffer.alloc(100_000, 'x');
  const keys = await Promise.all(Array.from({ length: 20 }, () => folderBlobs(dir).put('log.txt', bytes)));
  expect(new Set(keys).size).toBe(1);
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  expect(files.map(({ name }) => name)).toEqual([keys[0]]);
  expect(Buffer.from((await folderBlobs(dir).get(keys[0] ?? '')) ?? []).equals(bytes)).toBe(true);
});

test('a folder that cannot be written to is told', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'file'), 'x');
  await expect(folderBlobs(join(dir, 'file')).put('a.png', Buffer.from('x'))).rejects.toThrow('ENOTDIR');
});
