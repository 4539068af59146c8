/** A run's units: how they begin, how they are found and changed, and which come next. */
import type { Json } from './json.ts';
import type { Playbook, Step } from './playbook.ts';
import type { Ending, Run, StepRun } from './run.ts';
import { itemId, type Phase, rollbackId, specOf } from './units.ts';

interface Place {
  readonly id: string;
  readonly phase: Phase;
  readonly group?: string;
  readonly item?: Json | undefined;
}

export const blankUnit = ({ name, action, verify }: Step, { item, ...place }: Place): StepRun => ({
  ...place,
  ...(item !== undefined && { item }),
  ...(verify.length > 0 && { canVerify: true }),
  name,
  action,
  status: 'pending',
  attempt: 0,
  outputs: {},
  note: '',
  change: '',
});

/** The units that a part of the playbook begins with; those of groups come when the group does. */
export function unitsOfPhase(phase: Phase, run: Run, playbook: Playbook): readonly StepRun[] {
  if (phase === 'rollback') return playbook.failureStrategy === 'rollback' ? rollbacksOf(run, playbook) : [];
  const parts = {
    steps: playbook.steps,
    on_failure: playbook.onFailure,
    on_cancel: playbook.onCancel,
    finally: playbook.finally,
  };
  return parts[phase].map((step) => blankUnit(step, { id: step.id, phase }));
}

/** In reverse, for what took effect or may have. */
function rollbacksOf(run: Run, playbook: Playbook): readonly StepRun[] {
  return run.steps
    .filter(({ acted }) => acted === 'perhaps' || acted === 'surely')
    .toReversed()
    .flatMap(({ id, item }) =>
      specOf(id, playbook).rollback.map((undo) =>
        blankUnit(undo, { id: rollbackId(id, undo.id), phase: 'rollback', item }),
      ),
    );
}

/** What comes after the main part, by how that ended. */
export const phasesAfter = (phase: Phase, status: Ending['status']): readonly Phase[] => {
  const all: readonly Phase[] =
    status === 'failed'
      ? ['rollback', 'on_failure', 'finally']
      : status === 'cancelled'
        ? ['on_cancel', 'finally']
        : ['finally'];
  return all.slice(all.indexOf(phase) + 1);
};

export const itemsOfGroup = (spec: Step, group: StepRun, items: readonly Json[]): readonly StepRun[] =>
  items.map((item, at) => blankUnit(spec, { id: itemId(spec.id, at), phase: group.phase, group: group.id, item }));

export const childrenOfGroup = (spec: Step, group: StepRun): readonly StepRun[] =>
  (spec.parallel ?? []).map((child) => blankUnit(child, { id: child.id, phase: group.phase, group: group.id }));

/** Members stand behind their group, so that the run reads in order. */
export function withMembers(run: Run, group: string, members: readonly StepRun[]): Run {
  const at = run.steps.findIndex(({ id }) => id === group) + 1;
  return { ...run, steps: run.steps.toSpliced(at, 0, ...members) };
}

export const membersOf = (run: Run, group: string): readonly StepRun[] =>
  run.steps.filter((unit) => unit.group === group);

export function unitOf(run: Run, id: string): StepRun {
  const unit = run.steps.find((candidate) => candidate.id === id);
  if (!unit) throw new Error(`run ${run.id} has no step \`${id}\``);
  return unit;
}

export const withUnit = (run: Run, id: string, change: Partial<StepRun>): Run => ({
  ...run,
  steps: run.steps.map((unit) => (unit.id === id ? { ...unit, ...change } : unit)),
});

/** Without what no longer holds. */
export function without(run: Run, id: string, key: 'handle' | 'unclaimed'): Run {
  if (unitOf(run, id)[key] === undefined) return run;
  const stripped = ({ [key]: _gone, ...more }: StepRun): StepRun => more;
  return { ...run, steps: run.steps.map((unit) => (unit.id === id ? stripped(unit) : unit)) };
}

/** As people count: an attempt that never began is none. */
export const triesOf = ({ attempt, voided = 0 }: StepRun): number => attempt - voided;

/** It waits for its approval again; what it said of itself holds no more. */
export const heldBack = (run: Run, { id, status, voided = 0 }: StepRun): Run =>
  withUnit(run, id, { status: 'pending', note: '', ...(status === 'ready' && { voided: voided + 1 }) });

/** Nothing more comes of it. */
export const isPast = ({ status }: StepRun): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'skipped' || status === 'cancelled';

/** A group does nothing itself: only its members do. */
export const isGroupOf = (run: Run, { id }: StepRun): boolean => run.steps.some(({ group }) => group === id);

/** Something acts at this moment, or may have, or the run of another playbook does. */
export const isActingNow = (run: Run): boolean =>
  run.steps.some((unit) => ['running', 'waiting_run', 'unknown'].includes(unit.status) && !isGroupOf(run, unit));

/** It acts, or looks whether that helped. */
export const isAtWork = (run: Run): boolean =>
  isActingNow(run) || run.steps.some(({ status }) => status === 'verifying');

/** Its main part ends as soon as nothing is at work any more. */
export const isBeingCancelled = ({ cancelledBy, phase }: Run): boolean =>
  cancelledBy !== undefined && phase === 'steps';

/** A worker is to take it, or to look whether it helped. */
export const waitsForWorker = ({ status }: StepRun): boolean =>
  status === 'ready' || status === 'running' || status === 'verifying';

/** No worker of its pool has come for so long that people were called. */
const isStranded = (unit: StepRun): boolean => waitsForWorker(unit) && unit.unclaimed?.stranded === true;

export const isStuck = (run: Run): boolean => run.steps.some(({ status }) => status === 'unknown');

export const lockToken = (run: Pick<Run, 'id'>, unit: string): string => `${run.id}/${unit}`;

/** What people are told, derived from the units. */
export function withStatus(run: Run): Run {
  const status = statusOf(run);
  return status === run.status ? run : { ...run, status };
}

function statusOf(run: Run): Run['status'] {
  if (run.endedAt !== undefined || run.status === 'queued') return run.status;
  if (isStuck(run) || run.steps.some(isStranded)) return 'needs_attention';
  if (run.approvals.some(({ status }) => status === 'waiting')) return 'waiting_approval';
  return run.steps.some(({ status }) => status === 'waiting_answer') ? 'waiting_answer' : 'running';
}
