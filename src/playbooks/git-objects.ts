/** Objects of a git repository, read from git's own files (gitformat-pack, gitrepository-layout), without running git. */
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

export interface GitObject {
  readonly type: string;
  readonly bytes: Buffer;
}

/** A commit or a list of files is small; what claims to be more is not read. */
const mostBytes = 16 * 1024 * 1024;

/** `dir`: the repository's `objects`. Undefined where it is not there, or kept in a way that is not known here. */
export async function readObject(dir: string, id: string): Promise<GitObject | undefined> {
  const loose = await readFile(join(dir, id.slice(0, 2), id.slice(2))).catch(() => undefined);
  if (loose) return fromLoose(inflateSync(loose, { maxOutputLength: mostBytes }));
  const packs = await readdir(join(dir, 'pack')).catch(() => []);
  for (const name of packs.filter((file) => file.endsWith('.idx'))) {
    const path = join(dir, 'pack', name);
    const offset = offsetIn(await readFile(path), id);
    if (offset !== undefined)
      return await fromPack(dir, path.replace(/\.idx$/, '.pack'), { offset, idBytes: id.length / 2 });
  }
  return undefined;
}

/** `tree 33`, a zero byte, and that many bytes. */
function fromLoose(bytes: Buffer): GitObject {
  const end = bytes.indexOf(0);
  return { type: bytes.toString('latin1', 0, end).split(' ')[0] ?? '', bytes: bytes.subarray(end + 1) };
}

const indexMagic = 0xff744f63;
const fanOutAt = 8;
const idsAt = fanOutAt + 256 * 4;
const isFar = 0x80000000;

/** Version 2 of an index: how many ids begin with at most which byte, the ids in order, check sums, offsets. */
function offsetIn(index: Buffer, id: string): number | undefined {
  if (index.readUInt32BE(0) !== indexMagic || index.readUInt32BE(4) !== 2) return undefined;
  const wanted = Buffer.from(id, 'hex');
  const count = (byte: number): number => (byte < 0 ? 0 : index.readUInt32BE(fanOutAt + byte * 4));
  const all = count(255);
  for (let at = count((wanted[0] ?? 0) - 1); at < count(wanted[0] ?? 0); at += 1) {
    const start = idsAt + at * wanted.length;
    if (!wanted.equals(index.subarray(start, start + wanted.length))) continue;
    const offsets = idsAt + all * (wanted.length + 4);
    const near = index.readUInt32BE(offsets + at * 4);
    return near < isFar ? near : Number(index.readBigUInt64BE(offsets + all * 4 + (near - isFar) * 8));
  }
  return undefined;
}

interface Entry {
  readonly offset: number;
  readonly idBytes: number;
}

async function fromPack(dir: string, path: string, entry: Entry): Promise<GitObject | undefined> {
  const pack = await open(path);
  try {
    return await readEntry({ dir, pack }, entry);
  } finally {
    await pack.close();
  }
}

interface Pack {
  readonly dir: string;
  readonly pack: FileHandle;
}

const types: Readonly<Record<number, string>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const byOffset = 6;
const byId = 7;
const longestHead = 64;

/** Itself, or what is different from another one, which is written before it or named. */
async function readEntry({ dir, pack }: Pack, { offset, idBytes }: Entry): Promise<GitObject | undefined> {
  const head = await bytesAt(pack, offset, longestHead);
  const { type, size, length } = headOf(head);
  if (size > mostBytes) return undefined;
  const plain = types[type];
  if (plain !== undefined) return { type: plain, bytes: await inflated(pack, offset + length, size) };
  if (type === byOffset) {
    const { back, length: more } = distanceOf(head.subarray(length));
    const base = await readEntry({ dir, pack }, { offset: offset - back, idBytes });
    return base && changedBy(base, await inflated(pack, offset + length + more, size));
  }
  if (type !== byId) return undefined;
  const base = await readObject(dir, head.toString('hex', length, length + idBytes));
  return base && changedBy(base, await inflated(pack, offset + length + idBytes, size));
}

async function bytesAt(pack: FileHandle, offset: number, most: number): Promise<Buffer> {
  const { buffer, bytesRead } = await pack.read(Buffer.alloc(most), 0, most, offset);
  return buffer.subarray(0, bytesRead);
}

/** What cannot be made smaller is a little longer. */
const inflated = async (pack: FileHandle, offset: number, size: number): Promise<Buffer> =>
  inflateSync(await bytesAt(pack, offset, size + (size >> 8) + 128), { maxOutputLength: mostBytes });

/** The size in groups of 7 bits, the lowest first; of the first byte 3 bits are the type and 4 the size. */
function headOf(bytes: Buffer): { readonly type: number; readonly size: number; readonly length: number } {
  const [first = 0] = bytes;
  let size = first & 15;
  let length = 1;
  for (let last = first; last & 128; length += 1) {
    last = bytes[length] ?? 0;
    size += (last & 127) * 2 ** (7 * length - 3);
  }
  return { type: (first >> 4) & 7, size, length };
}

/** Groups of 7 bits, the highest first, each but the last one more than it says. */
function distanceOf(bytes: Buffer): { readonly back: number; readonly length: number } {
  let [last = 0] = bytes;
  let back = last & 127;
  let length = 1;
  for (; last & 128; length += 1) {
    last = bytes[length] ?? 0;
    back = (back + 1) * 128 + (last & 127);
  }
  return { back, length };
}

/** Two sizes, then orders: copy so much from there of the other one, or take the next bytes. */
function changedBy({ type, bytes: base }: GitObject, delta: Buffer): GitObject {
  let at = skipSize(delta, skipSize(delta, 0));
  const parts: Buffer[] = [];
  while (at < delta.length) {
    const order = delta[at] ?? 0;
    at += 1;
    if (!(order & 128)) {
      parts.push(delta.subarray(at, at + order));
      at += order;
      continue;
    }
    const copied = (bits: readonly number[]): number =>
      bits.reduce((sum, bit, place) => (order & bit ? sum + (delta[at++] ?? 0) * 256 ** place : sum), 0);
    const from = copied([1, 2, 4, 8]);
    const length = copied([16, 32, 64]) || 0x10000;
    parts.push(base.subarray(from, from + length));
  }
  return { type, bytes: Buffer.concat(parts) };
}

function skipSize(delta: Buffer, start: number): number {
  let at = start;
  while ((delta[at] ?? 0) & 128) at += 1;
  return at + 1;
}
