/** Keys of blobs: the SHA-256 of the content and the ending of the name, and nothing else that could lead elsewhere. */
import { createHash } from 'node:crypto';

export function keyOf(name: string, bytes: Uint8Array): string {
  const ending = /\.[a-z0-9]{1,8}$/.exec(name.toLowerCase())?.[0] ?? '';
  return `${createHash('sha256').update(bytes).digest('hex')}${ending}`;
}

export const isKey = (text: string): boolean => /^[0-9a-f]{64}(\.[a-z0-9]{1,8})?$/.test(text);
