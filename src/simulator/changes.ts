/** Tells whoever watches that something changed, once for all that changed in the same turn. */
export interface Changes {
  tell(): void;
  /** The answer ends the listening. */
  listen(heard: () => void): () => void;
}

export function changes(): Changes {
  const listeners = new Set<() => void>();
  let isTold = false;
  return {
    tell: () => {
      if (isTold || !listeners.size) return;
      isTold = true;
      setImmediate(() => {
        isTold = false;
        for (const heard of listeners) heard();
      });
    },
    listen: (heard) => {
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
  };
}
