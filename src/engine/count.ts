/** What is counted of a decision, by the process whose write it was: once, whoever else tried. */
import type { Loaded } from './ports.ts';
import type { World } from './world.ts';

interface Turn {
  readonly kind: string;
  readonly before: Loaded;
  /** Nothing where the state stays as it is. */
  readonly after: object | undefined;
  readonly isOpen: (state: object) => boolean;
}

/** Incidents when they are opened, and runs when they end. */
export function countTurn({ telemetry: { metrics } }: World, { kind, before, after, isOpen }: Turn): void {
  if (!after) return;
  if (kind === 'incident' && !before.state) metrics.count('incidents_total', { severity: fieldOf(after, 'severity') });
  const ends = before.state !== undefined && isOpen(before.state) && !isOpen(after);
  if (kind === 'run' && ends) metrics.count('runs_total', { outcome: fieldOf(after, 'status') });
}

const fieldOf = (state: object, name: string): string => String((state as Record<string, unknown>)[name] ?? '');
