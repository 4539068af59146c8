/** One after the other: those of one process who want the same entry of the store do not outrun each other. */

export type InFile = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;

/** No key: at once. */
export function singleFile(): InFile {
  const last = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    if (!key) return await task();
    const mine = (last.get(key) ?? Promise.resolve()).then(task);
    const over = mine.catch(() => undefined);
    last.set(key, over);
    try {
      return await mine;
    } finally {
      if (last.get(key) === over) last.delete(key);
    }
  };
}
