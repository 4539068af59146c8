/** A value that must not be seen: printed in any way it is `***`. */
import { inspect } from 'node:util';

const hidden = '***';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: for the client that needs it, never for a log, a message or a job. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}

/** A plain record that prints as `***`, for secrets whose shape a port prescribes. */
export function hide<T extends object>(record: T): T {
  const print = { value: () => hidden, enumerable: false };
  return Object.freeze(Object.defineProperties(record, { toJSON: print, toString: print, [inspect.custom]: print }));
}
