/** Blobs in memory, for scenarios. */
import type { Blobs } from '../engine/ports.ts';
import { keyOf } from './keys.ts';

export function memoryBlobs(): Blobs {
  const blobs = new Map<string, Uint8Array>();
  return {
    async put(name, bytes) {
      const key = keyOf(name, bytes);
      blobs.set(key, Uint8Array.from(bytes));
      return key;
    },
    get: async (key) => blobs.get(key),
    sweep: async () => 0,
  };
}
