/** What is counted of a decision, by the process whose write it was: once, whoever else tried. */
import type { Run } from '../domain/run.ts';
import type { Loaded } from './ports.ts';
import type { World } from './world.ts';

interface Turn {
  readonly kind: string;
  readonly before: Loaded;
  /** Nothing where the state stays as it is. */
  readonly after: object | undefined;
  readonly isOpen: (state: object) => boolean;
}

/** Incidents when they are opened, runs and their steps when they end. */
export function countTurn(world: World, turn: Turn): void {
  const { metrics } = world.telemetry;
  const { kind, before, after, isOpen } = turn;
  if (!after) return;
  if (kind === 'incident' && !before.state) metrics.count('incidents_total', { severity: fieldOf(after, 'severity') });
  if (kind !== 'run' || !before.state) return;
  timeSteps(world, before.state as unknown as Run, after as Run);
  if (isOpen(before.state) && !isOpen(after)) countRun(world, after as Run);
}

function countRun({ telemetry: { metrics } }: World, { status, startedAt, endedAt = startedAt }: Run): void {
  metrics.count('runs_total', { outcome: status });
  metrics.observe('run_seconds', (endedAt - startedAt) / 1000, { outcome: status });
}

/** An ended step has its end; one that is tried again has had one before. */
function timeSteps({ telemetry: { metrics } }: World, before: Run, after: Run): void {
  const ended = new Map(before.steps.map(({ id, endedAt }) => [id, endedAt]));
  for (const { id, action, status, startedAt, endedAt } of after.steps) {
    if (startedAt === undefined || endedAt === undefined || ended.get(id) === endedAt) continue;
    metrics.observe('step_seconds', (endedAt - startedAt) / 1000, { action, outcome: status });
  }
}

const fieldOf = (state: object, name: string): string => String((state as Record<string, unknown>)[name] ?? '');
