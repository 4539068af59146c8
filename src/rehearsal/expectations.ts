/** What a case expected, held against what happened: one sentence for each difference. */
import { canonical, type Json } from '../domain/json.ts';
import type { Run, StepRun } from '../domain/run.ts';
import type { TestCase } from '../playbooks/test-file.ts';
import type { Rehearsed } from './rehearse.ts';

type Expected = TestCase['expect'];
type Judge = (expected: Expected, happened: Rehearsed) => readonly string[];

export function differences(expected: Expected, happened: Rehearsed): readonly string[] {
  const found = judges.flatMap((judge) => judge(expected, happened));
  const isUnasked = happened.refused !== undefined && expected.state !== 'refused';
  return isUnasked ? [`it was refused (${happened.refused?.reason}): ${happened.refused?.said}`, ...found] : found;
}

const unitsOf = ({ run }: Rehearsed): readonly StepRun[] => run?.steps ?? [];

function state({ state: wanted }: Expected, { run }: Rehearsed): readonly string[] {
  if (wanted === undefined) return [];
  const is = run?.status ?? 'refused';
  return is === wanted ? [] : [`state: ${wanted} expected, it is ${is}${because(run)}`];
}

const because = (run: Run | undefined): string => (run?.outcome ? ` (${run.outcome})` : '');

function reason({ reason: wanted }: Expected, { refused }: Rehearsed): readonly string[] {
  if (wanted === undefined || refused?.reason === wanted) return [];
  return [
    `reason: ${wanted} expected, ${refused ? `it is ${refused.reason} (${refused.said})` : 'it was not refused'}`,
  ];
}

function outcome({ outcome: wanted }: Expected, { run }: Rehearsed): readonly string[] {
  if (wanted === undefined || run?.outcome.includes(wanted)) return [];
  return [`outcome: "${wanted}" expected, it is "${run?.outcome ?? ''}"`];
}

/** Begun: dispatched, asked or waited for; of groups what is in them. */
function order({ steps: wanted }: Expected, happened: Rehearsed): readonly string[] {
  if (wanted === undefined) return [];
  const units = unitsOf(happened);
  const begun = units
    .filter(({ id, startedAt }) => startedAt !== undefined && !units.some(({ group }) => group === id))
    .toSorted((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0));
  return same(
    'steps',
    wanted,
    begun.map(({ id }) => id),
  );
}

function passedOver({ skipped }: Expected, happened: Rehearsed): readonly string[] {
  return withStatus('skipped', skipped, happened);
}

function failures({ failed }: Expected, happened: Rehearsed): readonly string[] {
  return withStatus('failed', failed, happened);
}

function withStatus(status: StepRun['status'], wanted: readonly string[] | undefined, happened: Rehearsed) {
  if (wanted === undefined) return [];
  const are = unitsOf(happened).filter((unit) => unit.status === status);
  return same(status, [...wanted].sort(), are.map(({ id }) => id).sort());
}

function neverRun({ not_run: wanted = [] }: Expected, { dispatches }: Rehearsed): readonly string[] {
  return wanted.flatMap((id) =>
    dispatches.some(({ unit }) => unit === id) ? [`not_run: \`${id}\` was run all the same`] : [],
  );
}

function counts({ dispatches: wanted = {} }: Expected, { dispatches }: Rehearsed): readonly string[] {
  return Object.entries(wanted).flatMap(([id, times]) => {
    const did = dispatches.filter(({ unit, check }) => unit === id && check === undefined).length;
    return did === times ? [] : [`dispatches: \`${id}\` ${times} times expected, it was ${did}`];
  });
}

/** `true`: no attempt had a second id; `false`: something was begun anew. */
function attempts({ same_attempt_id: wanted }: Expected, { dispatches }: Rehearsed): readonly string[] {
  if (wanted === undefined) return [];
  const acts = dispatches.filter(({ check }) => check === undefined);
  const ids = [...Map.groupBy(acts, ({ unit }) => unit)];
  const anew = ids.filter(([, all]) => new Set(all.map(({ attempt }) => attempt)).size > 1).map(([unit]) => unit);
  if (wanted) return anew.map((unit) => `same_attempt_id: \`${unit}\` was begun as another attempt`);
  return anew.length ? [] : ['same_attempt_id: false expected, but nothing was begun as another attempt'];
}

function approvals({ approvals: wanted }: Expected, { run }: Rehearsed): readonly string[] {
  const were = run?.approvals.length ?? 0;
  return wanted === undefined || wanted === were ? [] : [`approvals: ${wanted} expected, ${were} were asked for`];
}

function given({ arguments: wanted = {} }: Expected, { dispatches }: Rehearsed): readonly string[] {
  return Object.entries(wanted).flatMap(([id, args]) => {
    const last = dispatches.findLast(({ unit, check }) => unit === id && check === undefined);
    if (!last) return [`arguments: \`${id}\` was never begun`];
    return Object.entries(args).flatMap(([name, value]) => {
      const is = last.args[name] ?? null;
      return canonical(is) === canonical(value)
        ? []
        : [`arguments: \`${id}.${name}\` ${text(value)} expected, it is ${text(is)}`];
    });
  });
}

function history({ reasons: wanted }: Expected, { reasons }: Rehearsed): readonly string[] {
  if (wanted === undefined) return [];
  let at = 0;
  for (const one of reasons) if (one === wanted[at]) at += 1;
  const after = at === 0 ? '' : ` after ${wanted[at - 1]}`;
  return at === wanted.length ? [] : [`reasons: \`${wanted[at]}\` expected${after}, there are ${reasons.join(', ')}`];
}

const same = (what: string, wanted: readonly string[], are: readonly string[]): readonly string[] =>
  canonical(wanted) === canonical(are) ? [] : [`${what}: ${list(wanted)} expected, it is ${list(are)}`];

const list = (names: readonly string[]): string => (names.length ? names.join(', ') : 'none');
const text = (value: Json): string => JSON.stringify(value);

const judges: readonly Judge[] = [
  state,
  reason,
  outcome,
  order,
  passedOver,
  neverRun,
  failures,
  counts,
  attempts,
  approvals,
  given,
  history,
];
