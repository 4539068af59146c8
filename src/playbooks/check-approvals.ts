/** Looks at what approvals cover: nothing that is not known yet when people approve, and enough of them where the risk is high. */
import type { StepAction } from '../engine/ports.ts';
import { parseExpression } from './cel.ts';
import { isRead } from './check-expressions.ts';
import type { Finding } from './document.ts';
import { asList, asObject, type RawStep, stepsOf, type TextAt, textsIn } from './raw.ts';
import { type Reference, referencesIn } from './references.ts';
import { piecesOf } from './templates.ts';

type ActionOf = (id: unknown) => StepAction | undefined;

export function checkApprovals(data: unknown, action: ActionOf): readonly Finding[] {
  const steps = stepsOf(data);
  const high = asObject(data).risk === 'high';
  return [...steps.flatMap((step) => tooEarly(step, steps)), ...(high ? highRisk(data, steps, action) : [])];
}

/** The last approval before a step covers it. */
const coveringOf = (step: RawStep, steps: readonly RawStep[]): RawStep | undefined =>
  step.raw.action === 'approval'
    ? undefined
    : steps.slice(0, step.index).findLast(({ raw }) => raw.action === 'approval');

function tooEarly(step: RawStep, steps: readonly RawStep[]): readonly Finding[] {
  const approval = coveringOf(step, steps);
  if (!approval) return [];
  return textsIn(step.raw.with, [...step.path, 'with']).flatMap((place) =>
    stepReferences(place).flatMap(({ id, source, at }): readonly Finding[] => {
      const used = steps.find((candidate) => candidate.id === id);
      if (!used || used.index <= approval.index || used.index >= step.index) return [];
      const message = `\`${approval.id ?? 'approval'}\` covers this step, but step \`${id}\` runs after it: nobody could know what they approve. Put \`${id}\` before the approval.`;
      return [{ path: place.path, within: source, skip: at, code: 'approved_too_early', message }];
    }),
  );
}

interface StepReference {
  readonly id: string;
  readonly source: string;
  readonly at: number;
}

function stepReferences({ text }: TextAt): readonly StepReference[] {
  try {
    return piecesOf(text).flatMap((piece) => {
      if (piece.kind === 'text') return [];
      const { source } = piece;
      return referencesIn(parseExpression(source).ast).flatMap((reference) => stepOf(reference, source));
    });
  } catch {
    // Said already where expressions are looked at.
    return [];
  }
}

const stepOf = ({ path: [root, id], at }: Reference, source: string): readonly StepReference[] =>
  root === 'steps' && id !== undefined ? [{ id, source, at }] : [];

function highRisk(data: unknown, steps: readonly RawStep[], action: ActionOf): readonly Finding[] {
  const auto = asList(asObject(data).triggers).flatMap((trigger, index): readonly Finding[] =>
    asObject(trigger).mode === 'auto'
      ? [tooHigh(['triggers', index, 'mode'], 'never starts by itself: write `mode: propose`')]
      : [],
  );
  return [
    ...auto,
    ...steps.flatMap((step) => (step.raw.action === 'approval' ? weak(step) : unapproved(step, steps, action))),
  ];
}

function weak({ path, raw }: RawStep): readonly Finding[] {
  const args = asObject(raw.with);
  const few = typeof args.min_approvals === 'number' && args.min_approvals < 2;
  return [
    ...(few ? [tooHigh([...path, 'with', 'min_approvals'], 'needs the approval of at least 2 people')] : []),
    ...(args.allow_requester === true
      ? [tooHigh([...path, 'with', 'allow_requester'], 'is never approved by who asks for it')]
      : []),
  ];
}

function unapproved(step: RawStep, steps: readonly RawStep[], action: ActionOf): readonly Finding[] {
  const known = action(step.raw.action);
  if (!known || isRead(known, step.raw) || coveringOf(step, steps)) return [];
  return [
    tooHigh([...step.path, 'action'], 'changes nothing without an approval: put an `approval` step before this one'),
  ];
}

const tooHigh = (path: Finding['path'], message: string): Finding => ({
  path,
  code: 'risk_too_high',
  message: `A playbook with \`risk: high\` ${message}.`,
});
