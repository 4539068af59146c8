/** Whether what an expression speaks of is there, and known by then. */
import type { JsonObject } from '../domain/json.ts';
import { type ActionOf, outputsOf, type Standing } from './places.ts';
import { didYouMean, type ProblemCode } from './problems.ts';
import { asObject, own, type RawStep } from './raw.ts';
import type { Reference } from './references.ts';
import { workloadFields } from './shape/inputs.ts';
import { fieldsOf, type Typed } from './types.ts';

export interface Checked {
  readonly steps: readonly RawStep[];
  readonly inputs: JsonObject;
  /** Their names. */
  readonly secrets: readonly string[];
  readonly environment: Typed;
  readonly action: ActionOf;
}

export interface Wrong {
  readonly code: ProblemCode;
  readonly message: string;
}

interface Context {
  readonly standing: Standing;
  readonly checked: Checked;
}

const looks: Readonly<Record<string, (reference: Reference, context: Context) => Wrong | undefined>> = {
  steps: ({ path }, context) => stepProblem(path, context),
  result: ({ path: [, name], optional }, { standing: { result } }) => {
    if (!result)
      return unknown(
        'There is no `result` here: it stands in `outputs`, `expect`, and in `assert` where the action reads.',
      );
    return name === undefined || optional ? undefined : among(name, result, '`result` has no');
  },
  inputs: inputProblem,
  item: (_, { standing }) =>
    standing.each ? undefined : unknown('There is no `item` here: it stands in a step with `foreach`.'),
  run: ({ path: [, name] }, { standing }) =>
    (name === 'state' || name === 'outcome') && !standing.closing
      ? {
          code: 'runs_later',
          message: `\`run.${name}\` is known only in \`on_failure\`, \`on_cancel\` and \`finally\`.`,
        }
      : undefined,
};

export function referenceProblem(reference: Reference, context: Context): Wrong | undefined {
  const { path, optional } = reference;
  const [root = '', name] = path;
  const fields = fieldsOf(root);
  return (
    own(looks, root)?.(reference, context) ??
    (fields && name !== undefined && !optional ? among(name, fields, `\`${root}\` has no`) : undefined)
  );
}

function inputProblem({ path: [, name, field], optional }: Reference, { checked }: Context): Wrong | undefined {
  if (name === undefined || optional) return undefined;
  const missing = among(name, Object.keys(checked.inputs), 'There is no input');
  if (missing || field === undefined) return missing;
  const { type } = asObject(own(checked.inputs, name));
  return type === 'workload' ? among(field, workloadFields, `The workload \`inputs.${name}\` has no`) : undefined;
}

function stepProblem([, id, part, output]: readonly string[], { standing, checked }: Context): Wrong | undefined {
  if (id === undefined) return undefined;
  const step = checked.steps.find((candidate) => candidate.id === id);
  if (!step) return among(id, idsIn(checked.steps), 'There is no step');
  if (!standing.knows(step)) return { code: 'runs_later', message: `Step \`${id}\` has not run by then.` };
  if (part !== undefined && part !== 'outputs') return among(part, ['outputs'], `\`steps.${id}\` has no`);
  return output === undefined ? undefined : among(output, given(step, checked), `Step \`${id}\` has no output`);
}

const idsIn = (steps: readonly RawStep[]): readonly string[] => steps.flatMap(({ id }) => id ?? []);

/** A `foreach` gives a list of what each item gave; a `parallel` nothing: its steps have outputs of their own. */
function given({ raw }: RawStep, { action }: Checked): readonly string[] {
  if (raw.parallel !== undefined) return [];
  if (raw.foreach !== undefined) return ['items'];
  return [...outputsOf(action(raw.action)), ...Object.keys(asObject(raw.outputs))];
}

const among = (name: string, names: readonly string[], message: string): Wrong | undefined =>
  names.includes(name) || names.includes('*')
    ? undefined
    : unknown(`${message} \`${name}\`.${didYouMean(name, names)}`);

const unknown = (message: string): Wrong => ({ code: 'unknown_reference', message });
