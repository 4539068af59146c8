/** Waits for something, but not for ever. */

export class TooLate extends Error {
  override name = 'TooLate';
}

/** What comes after the deadline is dropped: also when it is a failure. */
export function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TooLate(`Nothing came within ${ms} ms.`)), ms);
    Promise.resolve()
      .then(work)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
