/** Looks at every `${{ }}` of a playbook before anything runs: may it stand there, does it parse, is what it speaks of known by then? */
import type { Environment } from '@marcbachmann/cel-js';
import type { StepAction } from '../engine/ports.ts';
import { asBad, BadExpression, bareEnvironment, parseExpression, roots } from './cel.ts';
import type { Finding, Path } from './document.ts';
import { didYouMean, type ProblemCode } from './problems.ts';
import { asObject, type RawStep, stepsOf, type TextAt, textsIn } from './raw.ts';
import { type Reference, referencesIn } from './references.ts';
import { laterKeys } from './shape.ts';
import { hasExpression, opening, type Piece, piecesOf, Unclosed, wholeExpression } from './templates.ts';

/** Where an expression stands decides what it may speak of. */
interface Standing {
  readonly condition: boolean;
  /** Steps with a smaller index have ended by then. */
  readonly before: number;
  /** The outputs of `result`, where there is one. */
  readonly result?: readonly string[];
}

export interface Checked {
  readonly data: unknown;
  readonly steps: readonly RawStep[];
  readonly inputs: readonly string[];
  readonly environment: Environment;
  readonly action: (id: unknown) => StepAction | undefined;
}

export function checkExpressions(data: unknown, action: Checked['action']): readonly Finding[] {
  const inputs = asObject(asObject(data).inputs);
  const checked = {
    data,
    action,
    steps: stepsOf(data),
    inputs: Object.keys(inputs),
    environment: environmentOf(inputs),
  };
  return textsIn(asObject(data), []).flatMap((text) => checkText(text, checked));
}

const celTypes: Readonly<Record<string, string>> = {
  string: 'string',
  duration: 'string',
  host: 'string',
  url: 'string',
  integer: 'int',
  boolean: 'bool',
  list: 'list',
};

/** Declared inputs have types, so that `inputs.host > 3` is found before it runs. */
function environmentOf(inputs: Readonly<Record<string, unknown>>): Environment {
  const types = Object.entries(inputs).map(([name, spec]) => [name, celTypes[String(asObject(spec).type)] ?? 'dyn']);
  const environment = bareEnvironment();
  for (const root of roots)
    if (root === 'inputs') environment.registerVariable({ name: root, schema: Object.fromEntries(types) });
    else environment.registerVariable(root, 'map');
  return environment;
}

function checkText(place: TextAt, checked: Checked): readonly Finding[] {
  const standing = standingOf(place.path, checked);
  if (!hasExpression(place.text)) return standing?.condition ? [notACondition(place.path)] : [];
  // Said already that the key itself is not supported.
  if (!standing && place.path.some((key) => laterKeys.has(String(key)))) return [];
  if (!standing) return [finding(place, 'bad_expression', 'No expression can stand here: this text is not filled in.')];
  if (isCode(place.path, checked))
    return [finding(place, 'expression_in_code', `No expression where code is read: ${adviceFor(place.path)}`)];
  try {
    const pieces = piecesOf(place.text).filter((piece) => piece.kind === 'expression');
    const whole = standing.condition && !wholeExpression(place.text) ? [notACondition(place.path)] : [];
    return [...whole, ...pieces.flatMap((piece) => checkPiece(piece, { place, standing, checked }))];
  } catch (error) {
    if (error instanceof Unclosed) return [finding(place, 'bad_expression', error.message)];
    throw error;
  }
}

const notACondition = (path: Path): Finding => ({
  path,
  code: 'not_a_condition',
  message: `\`${String(path.at(-1))}\` must be one expression that is true or false, as in \`$${'{{ inputs.n > 3 }}'}\`.`,
});

const finding = ({ path, text }: TextAt, code: ProblemCode, message: string): Finding => ({
  path,
  code,
  message,
  within: text.slice(text.indexOf(opening), text.indexOf(opening) + 3),
});

const adviceFor = (path: Path): string =>
  path.at(-1) === 'query' ? 'name the value under `vars:` and write `{label=$name}`.' : 'write it out.';

function standingOf(path: Path, { steps, action }: Checked): Standing | undefined {
  const [top, index, key, check, part] = path;
  if (top === 'concurrency' && index === 'group') return { condition: false, before: 0 };
  if (top !== 'steps' || typeof index !== 'number') return undefined;
  const raw = steps[index]?.raw ?? {};
  const result = outputsOf(action(raw.action));
  if (key === 'if') return { condition: true, before: index };
  if (key === 'assert')
    return {
      condition: true,
      before: index,
      ...(!action(raw.action) || isRead(action(raw.action), raw) ? { result } : {}),
    };
  if (key === 'with') return { condition: false, before: index };
  if (key === 'outputs') return { condition: false, before: index, result };
  if (key !== 'verify' || typeof check !== 'number') return undefined;
  // By then the step itself has ended.
  if (part === 'with') return { condition: false, before: index + 1 };
  const verify = asObject(Array.isArray(raw.verify) ? raw.verify[check] : undefined);
  return part === 'expect'
    ? { condition: true, before: index + 1, result: outputsOf(action(verify.action)) }
    : undefined;
}

const outputsOf = (action: StepAction | undefined): readonly string[] => action?.outputs ?? ['*'];

export const isRead = (action: StepAction | undefined, raw: { readonly with?: unknown }): boolean =>
  (action?.effectsOf?.(asObject(raw.with)) ?? action?.effects)?.[0] === 'read';

/** Code fields are named below `with`: `query`, `argv[0]`; a whole list in one expression would hold the code too. */
function isCode(path: Path, { steps, action }: Checked): boolean {
  const raw = steps[Number(path[1])]?.raw ?? {};
  const at = path.indexOf('with');
  if (at < 0) return false;
  const owner = at === 2 ? raw : asObject(Array.isArray(raw.verify) ? raw.verify[Number(path[3])] : undefined);
  const inside = path.slice(at + 1);
  return (action(owner.action)?.codeFields ?? []).some((field) => {
    const code = field.replace(/\[(\d+)\]/g, '.$1').split('.');
    return code.every((step, index) => index >= inside.length || String(inside[index]) === step);
  });
}

type Within = { readonly place: TextAt; readonly standing: Standing; readonly checked: Checked };

function checkPiece(
  piece: Extract<Piece, { kind: 'expression' }>,
  { place, standing, checked }: Within,
): readonly Finding[] {
  const at = (skip: number) => ({ path: place.path, within: piece.source || opening, skip });
  try {
    const { ast } = parseExpression(piece.source);
    const unknown = referencesIn(ast).flatMap((reference) => {
      const problem = referenceProblem(reference, { standing, checked });
      return problem ? [{ ...at(reference.at), ...problem }] : [];
    });
    if (unknown.length) return unknown;
    const { valid, type, error } = checked.environment.check(piece.source);
    if (!valid) throw error;
    if (standing.condition && type !== 'bool' && type !== 'dyn') return [notACondition(place.path)];
    return [];
  } catch (error) {
    const bad = error instanceof BadExpression ? error : asBad(error);
    return [{ ...at(bad.at), code: 'bad_expression', message: explained(bad.message) }];
  }
}

function explained(text: string): string {
  const [, variable] = /^Unknown variable: (\w+)$/.exec(text) ?? [];
  if (variable) return `There is no \`${variable}\`.${didYouMean(variable, roots)}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

type Problem = { readonly code: ProblemCode; readonly message: string };
type Context = { readonly standing: Standing; readonly checked: Checked };

/** What each root is known to hold; the others may hold anything. */
const known: Readonly<Record<string, readonly string[]>> = {
  alert: ['labels', 'annotations', 'startsAt', 'fingerprint'],
  incident: ['id', 'number', 'title', 'severity', 'service'],
  run: ['id', 'mode'],
  playbook: ['id', 'name'],
};

function referenceProblem({ path, optional }: Reference, context: Context): Problem | undefined {
  const [root = '', name] = path;
  if (root === 'steps') return stepProblem(path, context);
  if (root === 'result' && !context.standing.result)
    return unknown(
      'There is no `result` here: it stands in `outputs`, `expect`, and in `assert` where the action reads.',
    );
  if (name === undefined || optional) return undefined;
  if (root === 'result') return among(name, context.standing.result ?? [], '`result` has no');
  if (root === 'inputs') return among(name, context.checked.inputs, 'There is no input');
  return known[root] && among(name, known[root], `\`${root}\` has no`);
}

function stepProblem([, id, part, output]: readonly string[], { standing, checked }: Context): Problem | undefined {
  if (id === undefined) return undefined;
  const step = checked.steps.find((candidate) => candidate.id === id);
  if (!step)
    return among(
      id,
      checked.steps.flatMap((candidate) => candidate.id ?? []),
      'There is no step',
    );
  if (step.index >= standing.before) return { code: 'runs_later', message: `Step \`${id}\` has not run by then.` };
  if (part !== undefined && part !== 'outputs') return among(part, ['outputs'], `\`steps.${id}\` has no`);
  const named = Object.keys(asObject(step.raw.outputs));
  return output === undefined
    ? undefined
    : among(output, [...outputsOf(checked.action(step.raw.action)), ...named], `Step \`${id}\` has no output`);
}

const among = (name: string, names: readonly string[], message: string): Problem | undefined =>
  names.includes(name) || names.includes('*')
    ? undefined
    : unknown(`${message} \`${name}\`.${didYouMean(name, names)}`);

const unknown = (message: string): Problem => ({ code: 'unknown_reference', message });
