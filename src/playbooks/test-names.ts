/** Names in a `*.test.yml`: a case that speaks of a step that is not there would expect nothing, and could not fail. */
import type { Playbook, Step } from '../domain/playbook.ts';
import { allSteps, find } from '../domain/units.ts';
import type { Finding, Path } from './document.ts';
import { didYouMean } from './problems.ts';
import type { PlaybookTest, TestCase } from './test-file.ts';

interface Named {
  readonly name: string;
  readonly path: Path;
  readonly at?: 'key';
  /** What it must be: `approval`, `ask`; else anything that runs. */
  readonly action?: string;
  /** The name of a look, `restart.verify[0]`, is one, too. */
  readonly mayBeLook?: boolean;
}

export function checkNames({ cases }: PlaybookTest, playbook: Playbook, playbooks: readonly Playbook[]) {
  return cases.flatMap((one, index) =>
    namesIn(one, ['cases', index]).flatMap((named) => wrong(named, playbook, playbooks)),
  );
}

function namesIn({ mocks, approvals, answers, settle, crash, expect }: TestCase, path: Path) {
  const { steps, skipped, not_run, failed, dispatches = {}, arguments: given = {} } = expect;
  const keys = (of: object, where: string, more: Partial<Named> = {}): readonly Named[] =>
    Object.keys(of).map((name) => ({ ...more, name, path: [...path, ...where.split('.'), name], at: 'key' }));
  const listed = Object.entries({ steps, skipped, not_run, failed }).flatMap(([where, names = []]) =>
    names.map((name, index): Named => ({ name, path: [...path, 'expect', where, index] })),
  );
  return [
    ...keys(mocks, 'mocks', { mayBeLook: true }),
    ...keys(approvals, 'approvals', { action: 'approval' }),
    ...keys(answers, 'answers', { action: 'ask' }),
    ...keys(settle, 'settle'),
    ...(crash ? [{ name: crash.at, path: [...path, 'crash', 'at'] }] : []),
    ...keys(dispatches, 'expect.dispatches'),
    ...keys(given, 'expect.arguments'),
    ...listed,
  ] satisfies readonly Named[];
}

function wrong(named: Named, playbook: Playbook, playbooks: readonly Playbook[]): readonly Finding[] {
  const { name, path, at, action, mayBeLook } = named;
  const [, unit = name, look] = (mayBeLook && /^(.+)\.verify\[(\d+)\]$/.exec(name)) || [];
  const step = stepNamed(unit, playbook, playbooks);
  const place = { path, ...(at && { at }), code: 'unknown_reference' as const };
  if (!step)
    return [{ ...place, message: `There is no step \`${unit}\` in \`${playbook.id}\`.${meant(unit, playbook)}` }];
  if (action !== undefined && step.action !== action)
    return [{ ...place, message: `\`${name}\` is \`${step.action}\`, not \`${action}\`.` }];
  if (look !== undefined && !step.verify[Number(look)])
    return [{ ...place, message: `\`${unit}\` has ${step.verify.length} checks, counted from 0.` }];
  return [];
}

/** `heal/restart`: what the playbook does that the step `heal` runs. One that is only known later is not looked into. */
function stepNamed(name: string, playbook: Playbook, playbooks: readonly Playbook[]): Step | undefined {
  const at = name.indexOf('/');
  if (at < 0) return find(name, playbook);
  const runs = find(name.slice(0, at), playbook);
  if (runs?.action !== 'playbook.run') return undefined;
  const inner = playbooks.find(({ id }) => id === runs.with.playbook);
  return inner ? stepNamed(name.slice(at + 1), inner, playbooks) : runs;
}

const meant = (name: string, playbook: Playbook): string =>
  didYouMean(
    name,
    allSteps(playbook).map(({ id }) => id),
  );
