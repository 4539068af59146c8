/** A person picks a file for a form; what becomes of it is the app's affair once the form is submitted. */
import { storedFile } from '../methods/files.ts';
import { type Json, refuse } from '../refusal.ts';
import { userNamed } from './look.ts';
import type { Wish } from './wish.ts';

export function uploadOwn({ world, given }: Wish): Json {
  const user = userNamed(world, given.user);
  const name = String(given.name ?? '');
  const bytes = Buffer.from(String(given.base64 ?? ''), 'base64');
  if (!name || !bytes.length) throw refuse('no_file_data', { detail: 'A file has a name and at least one byte.' });
  const file = storedFile(world, { name, size: bytes.length, alt: '', user: user.id });
  world.files.set(file.id, { file, bytes });
  return { ok: true, file };
}
