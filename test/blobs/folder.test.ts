/** Blobs in a folder keep the contract, never leave the folder, and leave no half-written file. */
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderBlobs, measured } from '../../src/blobs/folder.ts';
import { blobsContract } from '../contract/blobs.contract.ts';

const dayMs = 86_400_000;
const keeping = { keepMs: 30 * dayMs };

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-blobs-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

blobsContract(async () => folderBlobs(join(await folder(), 'made', 'when needed'), keeping));

test('a key that leads out of the folder finds nothing, though a file is there', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'secret'), 'x');
  const blobs = folderBlobs(join(dir, 'blobs'), keeping);
  await blobs.put('a.png', Buffer.from('x'));
  for (const key of ['../secret', '../../secret', join(dir, 'secret'), `..${'0'.repeat(62)}/../../secret`]) {
    expect(await blobs.get(key)).toBeUndefined();
  }
});

test('another process finds what was put, and only whole files are left', async () => {
  const dir = await folder();
  const bytes = Buffer.alloc(100_000, 'x');
  const keys = await Promise.all(Array.from({ length: 20 }, () => folderBlobs(dir, keeping).put('log.txt', bytes)));
  expect(new Set(keys).size).toBe(1);
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  expect(files.map(({ name }) => name)).toEqual([keys[0]]);
  expect(Buffer.from((await folderBlobs(dir, keeping).get(keys[0] ?? '')) ?? []).equals(bytes)).toBe(true);
});

test('a folder that cannot be written to is told', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'file'), 'x');
  await expect(folderBlobs(join(dir, 'file'), keeping).put('a.png', Buffer.from('x'))).rejects.toThrow('ENOTDIR');
});

/** As if it had been put so many days ago. */
async function aged(dir: string, key: string, days: number): Promise<void> {
  const then = new Date(Date.now() - days * dayMs);
  await utimes(join(dir, key.replace(/^\./, '').slice(0, 2), key), then, then);
}

test('what is old and not needed is removed; what is young, needed, put again, or no blob stays', async () => {
  const dir = await folder();
  const blobs = folderBlobs(dir, keeping);
  const put = (text: string) => blobs.put('step.log', Buffer.from(text));
  const [old, needed, young, again] = [await put('old'), await put('needed'), await put('young'), await put('again')];
  const half = `.${old}.7b8cf4a0-6f0f-4a8c-9a06-6f1a3d3f8c11`;
  await writeFile(join(dir, old.slice(0, 2), half), 'half of it');
  await mkdir(join(dir, 'archive'));
  for (const other of ['reached.json', 'history.key', 'archive/2026-11.jsonl']) await writeFile(join(dir, other), 'x');
  const long = new Date(0);
  for (const other of ['reached.json', 'history.key', 'archive/2026-11.jsonl'])
    await utimes(join(dir, other), long, long);
  for (const key of [old, needed, again, half]) await aged(dir, key, 31);
  await aged(dir, young, 29);
  await put('again');
  expect((await measured(dir)).files).toBe(5);
  expect(await blobs.sweep(async () => new Set([needed]))).toBe(2);
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  expect(files.map(({ name }) => name).sort()).toEqual(
    ['reached.json', 'history.key', '2026-11.jsonl', needed, young, again].sort(),
  );
  expect(await blobs.sweep(async () => new Set())).toBe(1);
});

test('nobody is asked what is needed while nothing is old, and a folder that is not there yet is empty', async () => {
  const dir = join(await folder(), 'later');
  const asked = async () => expect.fail('asked');
  expect(await folderBlobs(dir, keeping).sweep(asked)).toBe(0);
  await folderBlobs(dir, keeping).put('a.png', Buffer.from('x'));
  expect(await folderBlobs(dir, keeping).sweep(asked)).toBe(0);
  expect(await measured(dir)).toEqual({ files: 1, bytes: 1 });
});

test('what another process has removed in between is no trouble', async () => {
  const dir = await folder();
  const blobs = folderBlobs(dir, keeping);
  const key = await blobs.put('a.log', Buffer.from('x'));
  await aged(dir, key, 31);
  const meanwhile = async () => {
    await folderBlobs(dir, keeping).sweep(async () => new Set());
    return new Set<string>();
  };
  expect(await blobs.sweep(meanwhile)).toBe(0);
});
