/** Looks at how steps are put together: what may stand inside of what, and which keys go together. */
import type { StepAction } from '../engine/ports.ts';
import type { Finding } from './document.ts';
import { type ActionOf, effectOf } from './places.ts';
import { asList, asObject, asText, type RawStep, stepsOf } from './raw.ts';

export function checkStructure(data: unknown, action: ActionOf): readonly Finding[] {
  const steps = stepsOf(data);
  return [
    ...duplicates(steps),
    ...steps.flatMap((step) => [
      ...groupFindings(step),
      ...misplaced(step),
      ...approvalFindings(step),
      ...poolFindings(step),
      ...envFindings(step, action(step.raw.action)),
      ...retryFindings(step, action(step.raw.action)),
    ]),
    ...idleRollbacks(data, steps),
  ];
}

function duplicates(steps: readonly RawStep[]): readonly Finding[] {
  const seen = new Set<string>();
  return steps.flatMap(({ id, path }): readonly Finding[] => {
    if (id === undefined) return [];
    if (seen.has(id))
      return [{ path: [...path, 'id'], code: 'duplicate_step', message: `There is a step \`${id}\` already.` }];
    seen.add(id);
    return [];
  });
}

const withParallel = ['id', 'name', 'if', 'parallel', 'pool', 'continue_on_error'];
const ofActing = [
  ...['action', 'with', 'env', 'assert', 'outputs', 'timeout', 'effect', 'retry', 'verify', 'rollback', 'foreach'],
];

/** A step acts itself, or runs others. */
function groupFindings({ raw, path, part, group, undoes }: RawStep): readonly Finding[] {
  if (part !== 'steps' || group || undoes) return [];
  if (raw.parallel === undefined && raw.action === undefined)
    return [{ path, code: 'missing_key', message: 'A step needs the key `action`, or `parallel`.' }];
  if (raw.parallel === undefined) return [];
  return Object.keys(raw)
    .filter((key) => ofActing.includes(key))
    .map((key) => ({
      path: [...path, key],
      at: 'key',
      code: 'not_together',
      message: `\`${key}\` cannot stand beside \`parallel\`: write it in the steps that run in parallel. Here go ${withParallel.map((name) => `\`${name}\``).join(', ')}.`,
    }));
}

/** Without the strategy they never run, and nobody would be told. */
function idleRollbacks(data: unknown, steps: readonly RawStep[]): readonly Finding[] {
  const strategy = asObject(data).failure_strategy ?? 'stop';
  if (strategy !== 'stop') return [];
  return steps
    .filter(({ raw }) => asList(raw.rollback).length > 0)
    .map(({ path }) => ({
      path: [...path, 'rollback'],
      at: 'key',
      code: 'rollback_unused',
      message:
        'Nothing would ever run this: where a step fails, the playbook stops. Write `failure_strategy: rollback` at the top, or leave the rollback out.',
    }));
}

const people = ['approval', 'ask'];
const halting = [...people, 'playbook.run'];

function misplaced(step: RawStep): readonly Finding[] {
  const action = asText(step.raw.action) ?? '';
  const where = whereNot(step, action);
  if (where === undefined) return [];
  const message = `\`${action}\` cannot stand ${where}`;
  return [{ path: [...step.path, 'action'], code: 'misplaced_step', message }];
}

function whereNot({ group, undoes, part, raw }: RawStep, action: string): string | undefined {
  if (undoes && halting.includes(action)) return 'in a rollback: it must undo by itself.';
  if (group && halting.includes(action)) return 'in `parallel`: put it before, as a step of its own.';
  if (part !== 'steps' && people.includes(action))
    return `in \`${part}\`: that part ends by itself, without waiting for people.`;
  if (raw.foreach !== undefined && people.includes(action))
    return 'beside `foreach`: people are asked once, for all entries.';
  return undefined;
}

/** There is no way to go on without it. */
const approvalFindings = ({ raw, path }: RawStep): readonly Finding[] =>
  raw.action === 'approval' && raw.continue_on_error === true
    ? [
        {
          path: [...path, 'continue_on_error'],
          at: 'key',
          code: 'not_together',
          message: 'An approval that is not given ends the run: `continue_on_error` cannot stand here.',
        },
      ]
    : [];

/** They are decided, and no worker performs them. */
const decided = [...halting, 'wait'];

const poolFindings = ({ raw, path }: RawStep): readonly Finding[] =>
  raw.pool !== undefined && decided.includes(asText(raw.action) ?? '')
    ? [
        {
          path: [...path, 'pool'],
          at: 'key',
          code: 'not_together',
          message: `No worker performs \`${asText(raw.action)}\`, so it has no \`pool\`: leave it out.`,
        },
      ]
    : [];

function envFindings({ raw, path }: RawStep, action: StepAction | undefined): readonly Finding[] {
  if (raw.env === undefined || !action) return [];
  const at = { path: [...path, 'env'], at: 'key' } as const;
  if (asObject(raw.with).env !== undefined)
    return [{ ...at, code: 'not_together', message: '`env` stands under `with` already: write it in one place.' }];
  if (asObject(action.schema.properties).env !== undefined) return [];
  return [{ ...at, code: 'env_not_supported', message: `\`${action.id}\` runs no script, so it takes no \`env\`.` }];
}

/** These are known only once something was sent, and then `once` forbids another try. */
const afterDispatch = ['timeout', 'bad_answer', 'exit_code'];

function retryFindings({ raw, path }: RawStep, action: StepAction | undefined): readonly Finding[] {
  if (effectOf(action, raw) !== 'once') return [];
  return asList(asObject(raw.retry).retry_on).flatMap((kind, index): readonly Finding[] =>
    typeof kind === 'string' && afterDispatch.includes(kind)
      ? [
          {
            path: [...path, 'retry', 'retry_on', index],
            code: 'retry_not_safe',
            message: `After \`${kind}\` something may have been done, and a step whose effect is \`once\` is never run again then. Leave it out, or declare another \`effect\` if a repeat is harmless.`,
          },
        ]
      : [],
  );
}
