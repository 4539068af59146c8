/** Files of JSON, one value a line, that only ever grow: what is said to be there is on disk. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { absent } from './absent.ts';

export async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await using file = await open(path, 'a+', 0o600);
  await file.writeFile(`${(await endsWhole(file)) ? '' : '\n'}${line}\n`);
  await file.sync();
}

/** A line that a power cut left half written must not spoil the next one. */
async function endsWhole(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
}

/** What can be read, in the order in which it was written; nothing where there is no such file. */
export async function* valuesIn(path: string): AsyncGenerator<unknown> {
  const file = await open(path).catch(absent);
  if (!file) return;
  for await (const line of file.readLines()) {
    const value = parsed(line);
    if (value) yield value;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
