/** What a run would do from here on: each unit's arguments as they stand, and the digest that an approval is bound to. */
import type { PlannedStep } from './approval.ts';
import type { Facts, Rendered, Scope } from './facts.ts';
import { isCovered } from './guards/change.ts';
import type { PlanDigest, PlaybookHash } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Playbook, Step } from './playbook.ts';
import { defaultPool, poolOf } from './pool.ts';
import type { Run, StepRun } from './run.ts';
import { allSteps, itemId, rollbackId, withChildren } from './units.ts';

export interface Course {
  readonly playbook: Playbook;
  readonly facts: Facts;
}

/** What an expression stands in besides the run: an item of a `foreach`, the result of an action. */
export interface Around {
  readonly item?: Json | undefined;
  readonly result?: JsonObject;
}

/** What `${{ }}` may speak of. */
export function scopeOf(run: Run, { playbook, facts }: Course, { item, result }: Around = {}): Scope {
  const outputs = run.steps.flatMap(({ id, outputs: given }) =>
    isPlain(id) ? [[id, { outputs: given }] as const] : [],
  );
  const secrets = Object.entries(playbook.secrets).map(([name, secret]) => [name, { secret }] as const);
  return {
    inputs: run.inputs,
    ...(run.subject.alert && { alert: asJson(run.subject.alert) }),
    incident: asJson(run.subject.incident),
    run: {
      id: run.id,
      mode: run.mode,
      state: run.ending?.status ?? 'running',
      outcome: run.ending?.outcome || '-',
      url: (run.progress && facts.pure.linkTo(run.progress)) || run.id,
    },
    steps: Object.fromEntries(outputs),
    playbook: { id: run.playbook.id, name: run.playbook.name },
    secrets: Object.fromEntries(secrets),
    ...(item !== undefined && { item }),
    ...(result && { result }),
  };
}

const isPlain = (id: string): boolean => !id.includes('[');

const asJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

export type Arguments =
  | { readonly ok: true; readonly args: JsonObject }
  | { readonly ok: false; readonly problem: string };

export function argumentsOf(
  { with: given }: Pick<Step, 'with'>,
  scope: Scope,
  { facts }: Pick<Course, 'facts'>,
): Arguments {
  const rendered: Rendered = facts.pure.render(given, scope);
  return rendered.ok ? { ok: true, args: rendered.value as JsonObject } : rendered;
}

/** The arguments of a unit of the run, as they stand now. */
export const unitArguments = (unit: Pick<StepRun, 'item'>, spec: Step, { run, course }: Whole): Arguments =>
  argumentsOf(spec, scopeOf(run, course, unit), course);

/** Whether a condition holds; not a boolean is a problem. */
export function holds(
  expression: string,
  scope: Scope,
  { pure }: Pick<Facts, 'pure'>,
): { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly problem: string } {
  const rendered = pure.render(expression, scope);
  if (!rendered.ok) return rendered;
  if (typeof rendered.value !== 'boolean') return { ok: false, problem: `\`${expression}\` is not true or false` };
  return { ok: true, value: rendered.value };
}

export type Items =
  | { readonly ok: true; readonly items: readonly Json[] }
  | { readonly ok: false; readonly problem: string };

/** What a `foreach` goes through. */
export function itemsOf(step: Step, run: Run, course: Course): Items {
  if (!step.foreach) return { ok: true, items: [] };
  const { in: list, maxItems } = step.foreach;
  const rendered = course.facts.pure.render(list, scopeOf(run, course));
  if (!rendered.ok) return rendered;
  const { value } = rendered;
  if (!Array.isArray(value)) return { ok: false, problem: `\`${list}\` is not a list` };
  if (value.length > maxItems)
    return { ok: false, problem: `\`${list}\` has ${value.length} entries, more than \`max_items: ${maxItems}\`` };
  return { ok: true, items: value };
}

/** An approval covers the steps after it, up to the next approval or the end. */
export function coveredBy(approvalStep: string, playbook: Playbook): readonly Step[] {
  const after = playbook.steps.slice(playbook.steps.findIndex(({ id }) => id === approvalStep) + 1);
  const next = after.findIndex(({ action }) => action === 'approval');
  return next < 0 ? after : after.slice(0, next);
}

/** The approval step that stands before a unit, if one does: an item's is its step's, a rollback's its owner's. */
export function coveringOf(unit: string, playbook: Playbook): Step | undefined {
  const name = /^[^[.]+/.exec(unit)?.[0] ?? unit;
  const at = playbook.steps.findIndex((step) => withChildren(step).some(({ id }) => id === name));
  return at < 0 ? undefined : playbook.steps.slice(0, at).findLast(({ action }) => action === 'approval');
}

export type Plan =
  | { readonly ok: true; readonly steps: readonly PlannedStep[]; readonly digest: PlanDigest }
  | { readonly ok: false; readonly problem: string };

interface Planned {
  readonly shown: PlannedStep;
  readonly hashed: Json;
}

type Units =
  | { readonly ok: true; readonly planned: readonly Planned[] }
  | { readonly ok: false; readonly problem: string };

/** The covered changes as they would be made now, with their rollbacks, and the digest over all of it. */
export function planOf(approvalStep: string, run: Run, course: Course): Plan {
  const covered = gathered(coveredBy(approvalStep, course.playbook), (step) => unitsOf(step, run, course));
  if (!covered.ok) return covered;
  const { playbook, facts } = course;
  const steps = covered.planned.map(({ hashed }) => hashed);
  return {
    ok: true,
    steps: covered.planned.map(({ shown }) => shown),
    digest: facts.pure.digest({ playbook: playbook.hash, inputs: run.inputs, steps }) as PlanDigest,
  };
}

function gathered<T>(things: readonly T[], each: (thing: T, at: number) => Units): Units {
  const planned: Planned[] = [];
  for (const [at, thing] of things.entries()) {
    const units = each(thing, at);
    if (!units.ok) return units;
    planned.push(...units.planned);
  }
  return { ok: true, planned };
}

function unitsOf(step: Step, run: Run, course: Course): Units {
  if (step.parallel) return gathered(step.parallel, (child) => unitsOf(child, run, course));
  if (!step.foreach) return single(step, { id: step.id }, { run, course });
  const list = itemsOf(step, run, course);
  if (!list.ok) return { ok: false, problem: `step \`${step.id}\`: ${list.problem}` };
  return gathered(list.items, (item, at) => single(step, { id: itemId(step.id, at), item }, { run, course }));
}

interface Whole {
  readonly run: Run;
  readonly course: Course;
}

interface Unit {
  readonly id: string;
  readonly item?: Json;
  /** Of what it undoes. */
  readonly pool?: string;
}

function single(step: Step, unit: Unit, whole: Whole): Units {
  const own = planned(step, unit, whole);
  if (!own.ok || whole.course.playbook.failureStrategy !== 'rollback') return own;
  const { pool } = own.planned[0]?.shown ?? {};
  const undoing = { ...unit, ...(pool !== undefined && { pool }) };
  const back = gathered(step.rollback, (undo) =>
    planned(undo, { ...undoing, id: rollbackId(unit.id, undo.id) }, whole),
  );
  return back.ok ? { ok: true, planned: [...own.planned, ...back.planned] } : back;
}

const nothing: Units = { ok: true, planned: [] };

function planned(step: Step, { id, item, pool: around }: Unit, { run, course }: Whole): Units {
  if (!isCovered(step)) return nothing;
  const scope = scopeOf(run, course, { item });
  const rendered = argumentsOf(step, scope, course);
  if (!rendered.ok)
    return isPassedOver(step, scope, course) ? nothing : { ok: false, problem: `step \`${id}\`: ${rendered.problem}` };
  const { args } = rendered;
  const placed = poolOf(step, args, { facts: course.facts, pool: around });
  if (!placed.ok) return { ok: false, problem: `step \`${id}\`: ${placed.problem}` };
  const pool = placed.pool === defaultPool ? {} : { pool: placed.pool };
  const action = course.facts.action(step.action);
  const change = action?.describe(args) ?? step.action;
  return {
    ok: true,
    planned: [
      {
        shown: { id, name: step.name, action: step.action, change, args, ...pool },
        hashed: {
          id,
          action: step.action,
          version: action?.version ?? 0,
          effect: step.effect,
          target: action?.lockOf(args) ?? '',
          place: placeOf(action?.targetOf(args).host, course.facts),
          arguments: args,
          ...pool,
          ...subPlaybook(step, args, course),
        },
      },
    ],
  };
}

/** What cannot be filled in need not be, where it is known by now that the step is passed over. */
function isPassedOver(step: Step, scope: Scope, { facts }: Course): boolean {
  if (step.if === undefined) return false;
  const condition = holds(step.if, scope, facts);
  return condition.ok && !condition.value;
}

/** A playbook that is run by another is covered by its content, and so is every one that it runs. */
function subPlaybook(step: Step, args: JsonObject, { facts }: Course): JsonObject {
  if (step.action !== 'playbook.run') return {};
  return { content: contentsOf(String(args.playbook), facts), hosts: facts.policy.guardrails.hosts.map(placeIn) };
}

/** The versions of a playbook and of all that it may run, as they are now: their names stand in it, never filled in. */
export function contentsOf(id: string, { playbooks }: Pick<Facts, 'playbooks'>): readonly PlaybookHash[] {
  const met = new Set<Playbook>();
  const meet = (name: unknown): void => {
    const playbook = playbooks.find((other) => other.id === name);
    if (!playbook || met.has(playbook)) return;
    met.add(playbook);
    for (const step of allSteps(playbook).flatMap((one) => [one, ...one.rollback]))
      if (step.action === 'playbook.run') meet(step.with.playbook);
  };
  meet(id);
  return [...met].map(({ hash }) => hash);
}

type KnownHost = Facts['policy']['guardrails']['hosts'][number];

const placeIn = ({ name, at = '', pool = '' }: KnownHost): string => `${name} ${at} ${pool}`;

/** A name of the inventory may come to mean another machine. */
const placeOf = (host: string | undefined, { policy }: Facts): string =>
  policy.guardrails.hosts.find(({ name }) => name === host)?.at ?? '';
