/** The units of a plan: each thing that a run would do from here, as far as it is known by now. */
import { approversNamed, type PlannedStep } from '../domain/approval.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { argumentsOf, type Course, holds, itemsOf, planOf, scopeOf } from '../domain/plan.ts';
import type { EffectClass, Playbook, Step } from '../domain/playbook.ts';
import { defaultPool, poolOf } from '../domain/pool.ts';
import type { Run } from '../domain/run.ts';
import { withoutShow } from '../domain/run-gates.ts';
import { itemId, type Phase, rollbackId } from '../domain/units.ts';

export interface PlannedUnit {
  readonly id: string;
  readonly name: string;
  readonly phase: Phase;
  /** Below the step that it belongs to. */
  readonly within: readonly string[];
  readonly action: string;
  readonly effect: EffectClass;
  /** The condition, as written, and what it is by now. */
  readonly if?: { readonly text: string; readonly is: boolean | 'not known yet' };
  /** The list that it goes through. */
  readonly foreach?: string;
  readonly arguments?: JsonObject;
  readonly change?: string;
  readonly locks?: string;
  /** Whose workers perform it, where that is not the default pool. */
  readonly pool?: string;
  /** Why no more can be said. */
  readonly notKnown?: string;
  readonly looks: readonly string[];
  readonly approval?: PlannedApproval;
}

export interface PlannedApproval {
  readonly by: string;
  /** What an engine would ask for now; absent where it depends on what runs before. */
  readonly digest?: string;
  readonly covers: readonly PlannedStep[];
  readonly notKnown?: string;
}

interface Place {
  readonly id: string;
  /** Of what it undoes. */
  readonly pool?: string | undefined;
  readonly phase: Phase;
  readonly within: readonly string[];
  readonly item?: Json;
}

export function plannedUnits(run: Run, course: Course): readonly PlannedUnit[] {
  const { steps, onFailure, onCancel, finally: last } = course.playbook;
  const parts = { steps, on_failure: onFailure, on_cancel: onCancel, finally: last } as const;
  return Object.entries(parts).flatMap(([phase, entries]) =>
    entries.flatMap((step) =>
      unitsOf(step, { id: step.id, phase: phase as keyof typeof parts, within: [] }, { run, course }),
    ),
  );
}

interface Whole {
  readonly run: Run;
  readonly course: Course;
}

function unitsOf(step: Step, place: Place, whole: Whole): readonly PlannedUnit[] {
  const { phase, within } = place;
  const below = { phase, within: [...within, step.id] };
  if (step.parallel)
    return [
      headOf(step, place, whole),
      ...step.parallel.flatMap((child) => unitsOf(child, { ...below, id: child.id }, whole)),
    ];
  if (!step.foreach) return acting(step, place, whole);
  const list = itemsOf(step, whole.run, whole.course);
  const head = { ...headOf(step, place, whole), foreach: step.foreach.in };
  if (!list.ok) return [{ ...head, notKnown: list.problem }];
  const items = list.items.map((item, at) => ({ ...below, id: itemId(step.id, at), item }));
  return [head, ...items.flatMap((each) => acting(step, each, whole))];
}

/** With what undoes it. */
function acting(step: Step, place: Place, whole: Whole): readonly PlannedUnit[] {
  const own = unit(step, place, whole);
  const within = [...place.within, place.id];
  const undone = step.rollback.map((undo) =>
    unit(undo, { ...place, phase: 'rollback', within, id: rollbackId(place.id, undo.id), pool: own.pool }, whole),
  );
  return [own, ...undone];
}

/** What is the same for whatever runs others and for whatever acts itself. */
function headOf({ name, action, effect, if: text }: Step, place: Place, { run, course }: Whole): PlannedUnit {
  const { id, phase, within } = place;
  const head = { id, name, phase, within, action, effect, looks: [] };
  if (text === undefined) return head;
  const condition = holds(text, scopeOf(run, course, place), course.facts);
  return { ...head, if: { text, is: condition.ok ? condition.value : 'not known yet' } };
}

function unit(step: Step, place: Place, whole: Whole): PlannedUnit {
  const { run, course } = whole;
  const head = { ...headOf(step, place, whole), looks: step.verify.map(({ name }) => name) };
  const rendered = argumentsOf(withoutShow(step), scopeOf(run, course, place), course);
  if (!rendered.ok) return { ...head, notKnown: rendered.problem };
  const { args } = rendered;
  if (step.action === 'approval') return { ...head, approval: approvalOf(step, args, whole) };
  const action = course.facts.action(step.action);
  const locks = step.effect === 'read' ? undefined : action?.lockOf(args);
  const known = { ...head, arguments: args, change: action?.describe(args) ?? step.action, ...(locks && { locks }) };
  const placed = poolOf(step, args, { facts: course.facts, pool: place.pool });
  if (!placed.ok) return { ...known, notKnown: placed.problem };
  return placed.pool === defaultPool ? known : { ...known, pool: placed.pool };
}

function approvalOf(step: Step, args: JsonObject, { run, course }: Whole): PlannedApproval {
  const spec = course.facts.pure.approvalSpec(args);
  const by = `${neededOf(spec.minApprovals, course.playbook)} of ${approversNamed(spec)}`;
  const plan = planOf(step.id, run, course);
  return plan.ok ? { by, digest: plan.digest, covers: plan.steps } : { by, covers: [], notKnown: plan.problem };
}

const neededOf = (least: number, { risk }: Playbook): number => (risk === 'high' ? Math.max(2, least) : least);
