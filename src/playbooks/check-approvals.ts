/** Looks at what approvals cover: nothing that is not known yet when people approve, and enough of them where the risk is high. */
import { parseExpression } from './cel.ts';
import type { Finding } from './document.ts';
import { type ActionOf, isChange, isGuarded } from './places.ts';
import { argumentsIn, asList, asObject, type RawStep, stepsOf, type TextAt, textsIn } from './raw.ts';
import { type Reference, referencesIn } from './references.ts';
import { piecesOf } from './templates.ts';

export function checkApprovals(data: unknown, action: ActionOf): readonly Finding[] {
  const steps = stepsOf(data);
  const high = asObject(data).risk === 'high';
  return [...steps.flatMap((step) => tooEarly(step, steps, action)), ...(high ? highRisk(data, steps, action) : [])];
}

/** The last approval before a step covers it, with what undoes it. */
const coveringOf = ({ part, index, raw }: RawStep, steps: readonly RawStep[]): RawStep | undefined =>
  part !== 'steps' || raw.action === 'approval'
    ? undefined
    : steps.findLast((other) => other.part === 'steps' && other.index < index && other.raw.action === 'approval');

/** What is shown and hashed of a covered change must be known when people look at it. */
function tooEarly(step: RawStep, steps: readonly RawStep[], action: ActionOf): readonly Finding[] {
  const approval = coveringOf(step, steps);
  if (!approval || !isChange(action(step.raw.action), step.raw)) return [];
  const within = { approval, step, steps };
  return coveredTexts(step).flatMap((place) =>
    spokenOf(place).flatMap(({ reference, source }): readonly Finding[] => {
      const why = whyUnknown(reference, within);
      if (why === undefined) return [];
      const message = `\`${approval.id ?? 'approval'}\` covers this step, but ${why}`;
      return [{ path: place.path, within: source, skip: reference.at, code: 'approved_too_early', message }];
    }),
  );
}

/** Of a rollback, the list is that of the step which it undoes: said there. */
function coveredTexts({ raw, path, undoes }: RawStep): readonly TextAt[] {
  const args = textsIn(raw.with, [...path, 'with']);
  const env = textsIn(raw.env, [...path, 'env']);
  return [...args, ...env, ...(undoes ? [] : textsIn(raw.foreach, [...path, 'foreach']))];
}

interface Covered {
  readonly approval: RawStep;
  readonly step: RawStep;
  readonly steps: readonly RawStep[];
}

function whyUnknown({ path: [root, name] }: Reference, { approval, step, steps }: Covered): string | undefined {
  if (root === 'run' && name === 'url')
    return '`run.url` is not fixed when people approve. Use `run.id`, or say it in a step that nobody approves.';
  const used = root === 'steps' ? steps.find(({ id }) => id !== undefined && id === name) : undefined;
  if (used?.part !== 'steps' || used.index <= approval.index || used.index > step.index) return undefined;
  if (used.index === step.index)
    return step.undoes
      ? `what step \`${name}\` gives is known only after it ran: nobody could know what undoing it means. Take the value from a step before the approval.`
      : undefined;
  return `step \`${name}\` runs after it: nobody could know what they approve. Put \`${name}\` before the approval.`;
}

interface Spoken {
  readonly reference: Reference;
  readonly source: string;
}

function spokenOf({ text }: TextAt): readonly Spoken[] {
  try {
    return piecesOf(text).flatMap((piece) => {
      if (piece.kind === 'text') return [];
      const { source } = piece;
      return referencesIn(parseExpression(source).ast).map((reference) => ({ reference, source }));
    });
  } catch {
    // Said already where expressions are looked at.
    return [];
  }
}

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
  const args = argumentsIn(raw);
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
  const changes = isGuarded(known, step.raw) || known?.id === 'playbook.run';
  if (!changes) return [];
  const approval = coveringOf(step, steps);
  if (approval) return isSurelyAsked(approval, step) ? [] : [tooHigh([...approval.path, 'if'], mayBePassedOver(step))];
  const advice =
    step.part === 'steps'
      ? 'changes nothing without an approval: put an `approval` step before this one'
      : `changes nothing in \`${step.part}\`, which no approval covers: there it may look, and tell people`;
  return [tooHigh([...step.path, 'action'], advice)];
}

/** Passed over only where the change is, too. */
const isSurelyAsked = (approval: RawStep, { raw, undoes, group }: RawStep): boolean =>
  approval.raw.if === undefined || approval.raw.if === (undoes ?? group ?? { raw }).raw.if;

const mayBePassedOver = ({ id, undoes }: RawStep): string =>
  `asks for its approvals always: without this one, \`${id ?? undoes?.id ?? 'a step'}\` could run. Leave \`if\` out, or give that step the same one`;

const tooHigh = (path: Finding['path'], message: string): Finding => ({
  path,
  code: 'risk_too_high',
  message: `A playbook with \`risk: high\` ${message}.`,
});
