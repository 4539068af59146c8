/** Looks at declared inputs: keys that go with the type, patterns that compile, defaults that would be taken. */
import type { Json, JsonObject } from '../domain/json.ts';
import type { InputSpec } from '../domain/playbook.ts';
import { inputTypes } from '../domain/playbook.ts';
import type { Finding, Path } from './document.ts';
import { checkInput } from './inputs.ts';
import { asList, asObject, asText, stepsOf } from './raw.ts';
import { regexpProblem } from './regexps.ts';
import { toInput } from './to-input.ts';

export const checkInputShapes = (data: unknown): readonly Finding[] => [
  ...Object.entries(asObject(asObject(data).inputs)).flatMap(([name, spec]) =>
    inputFindings(asObject(spec), ['inputs', name]),
  ),
  ...stepsOf(data).flatMap(({ raw, path }) =>
    raw.action === 'ask' ? answerFindings(asObject(asObject(raw.with).answer), [...path, 'with', 'answer']) : [],
  ),
];

/** It is declared like an input, and known to everybody who reads the run. */
function answerFindings(raw: JsonObject, path: Path): readonly Finding[] {
  if (raw.secret === true) return [apart([...path, 'secret'], 'An answer is part of the run: it cannot be secret')];
  return inputFindings(raw, path);
}

function inputFindings(raw: JsonObject, path: Path): readonly Finding[] {
  const type = inputTypes.find((known) => known === raw.type);
  if (type === undefined) return [];
  const misfits = [...keyFindings(raw, type, path), ...fromFindings(raw, type, path), ...secretFindings(raw, path)];
  const pattern = asText(raw.pattern);
  const problem = pattern === undefined ? undefined : regexpProblem(pattern);
  if (problem) return [...misfits, { path: [...path, 'pattern'], code: 'bad_regexp', message: problem }];
  return misfits.length ? misfits : valueFindings(raw, type, path);
}

type Type = InputSpec['type'];

const texts: readonly Type[] = ['string', 'host', 'url', 'duration', 'list'];
const fitting: Readonly<Record<string, readonly Type[]>> = {
  kind: ['workload'],
  pattern: texts,
  min_length: texts,
  max_length: texts,
  minimum: ['integer', 'number', 'duration'],
  maximum: ['integer', 'number', 'duration'],
};

function keyFindings(raw: JsonObject, type: Type, path: Path): readonly Finding[] {
  return Object.entries(fitting).flatMap(([key, types]): readonly Finding[] => {
    const bound = raw[key];
    if (bound === undefined) return [];
    if (!types.includes(type)) return [apart([...path, key], `\`${key}\` means nothing beside \`type: ${type}\``)];
    const isBound = key === 'minimum' || key === 'maximum';
    if (!isBound || (typeof bound === 'number') === (type !== 'duration')) return [];
    const form = type === 'duration' ? 'a time, like `30s`' : 'a number';
    return [{ path: [...path, key], code: 'wrong_type', message: `\`${key}\` of ${type} must be ${form}.` }];
  });
}

function fromFindings({ from }: JsonObject, type: Type, path: Path): readonly Finding[] {
  if (from === undefined || (typeof from === 'object') === (type === 'workload')) return [];
  const message =
    type === 'workload'
      ? 'A workload has several parts: write `from: {cluster: alert.labels.…, namespace: …, name: …}`.'
      : 'Only a workload has several parts: write `from: alert.labels.NAME`.';
  return [{ path: [...path, 'from'], code: 'wrong_type', message }];
}

/** Its value is a reference; which one is for people to choose, never for an alert. */
function secretFindings(raw: JsonObject, path: Path): readonly Finding[] {
  if (raw.secret !== true) return [];
  const others = ['from', 'pattern', 'min_length', 'max_length'].filter((key) => raw[key] !== undefined);
  const typed = raw.type === 'string' ? [] : [apart([...path, 'secret'], 'Only `type: string` can be secret')];
  return [...typed, ...others.map((key) => apart([...path, key], `\`${key}\` cannot stand beside \`secret\``))];
}

const apart = (path: Path, what: string): Finding => ({ path, at: 'key', code: 'not_together', message: `${what}.` });

function valueFindings(raw: JsonObject, type: Type, path: Path): readonly Finding[] {
  const spec = toInput({ optional: false, secret: false, description: '', ...raw, type } as Parameters<
    typeof toInput
  >[0]);
  const { enum: allowed, ...open } = spec;
  const choices = type === 'list' ? [] : asList(raw.enum);
  return [
    ...choices.flatMap((choice, at) => valueFinding(open, choice, { path: [...path, 'enum', at], code: 'bad_value' })),
    ...(spec.default === undefined
      ? []
      : valueFinding(spec, spec.default, { path: [...path, 'default'], code: 'bad_default' })),
  ];
}

/** Whether a host is in the inventory is asked when a run begins: the inventory is another file. */
function valueFinding(spec: InputSpec, value: Json, at: Pick<Finding, 'path' | 'code'>): readonly Finding[] {
  const checked = checkInput(spec, value, typeof value === 'string' ? [value] : []);
  const what = at.code === 'bad_default' ? 'The default' : 'This value';
  return 'problem' in checked ? [{ ...at, message: `${what} ${checked.problem}` }] : [];
}
