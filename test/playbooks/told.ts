/** A telemetry that remembers what it was told. */
import type { Telemetry } from '../../src/engine/ports.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface Told extends Telemetry {
  said(what: string): readonly Fields[];
  /** Outcomes, in order. */
  counted(metric: string): readonly (string | undefined)[];
}

export function told(): Told {
  const lines: { readonly what: string; readonly fields: Fields }[] = [];
  const counts: { readonly name: string; readonly outcome: string | undefined }[] = [];
  const say = (what: string, fields: Fields = {}): void => void lines.push({ what, fields });
  return {
    log: { info: say, warn: say, error: say },
    metrics: {
      count: (name, labels) => void counts.push({ name, outcome: labels?.outcome }),
      observe: () => {},
    },
    said: (what) => lines.filter((line) => line.what === what).map(({ fields }) => fields),
    counted: (metric) => counts.filter(({ name }) => name === metric).map(({ outcome }) => outcome),
  };
}
