/** An input as people are asked for it: the kind of field, what it may hold, and what stands in it at first. */
import type { Form, FormField } from '../../domain/form.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { bold, code } from '../../domain/message.ts';
import type { InputSpec, Playbook } from '../../domain/playbook.ts';
import { secretOf } from './values.ts';
import { cut, duration } from './words.ts';

/** Slack: 100 options a menu, 75 characters an option. */
const mostChoices = 100;
const longestChoice = 75;
const longestInitial = 3000;

export function fieldOf(name: string, spec: InputSpec, value: Json | undefined): FormField {
  const choices = choicesOf(spec);
  const initial = textOf(value ?? spec.default, spec);
  return {
    ...{ name, label: name, choices, hint: hintOf(spec), kind: fieldKind(spec, choices) },
    initial: initial.length <= longestInitial ? initial : '',
    optional: spec.optional || spec.default !== undefined,
    ...(spec.minimum !== undefined && { minimum: spec.minimum }),
    ...(spec.maximum !== undefined && { maximum: spec.maximum }),
    ...(spec.type === 'string' && spec.maxLength !== undefined && { maxLength: spec.maxLength }),
  };
}

function choicesOf(spec: InputSpec): readonly string[] {
  const choices = (spec.enum ?? []).map((value) => textOf(value, spec));
  const isShort = choices.every((choice) => choice !== '' && [...choice].length <= longestChoice);
  return choices.length <= mostChoices && isShort ? choices : [];
}

function fieldKind({ type }: InputSpec, choices: readonly string[]): FormField['kind'] {
  if (choices.length) return 'choice';
  if (type === 'boolean') return 'yes_no';
  if (type === 'integer' || type === 'number') return type;
  return type === 'list' || type === 'json' ? 'lines' : 'text';
}

/** As people type it. */
function textOf(value: Json | undefined, { type, secret }: InputSpec): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (secret) return secretOf(value) ?? '';
  if (type === 'workload' && typeof value === 'object' && !Array.isArray(value)) {
    const { cluster = '', namespace = '', kind = '', name = '' } = value as JsonObject;
    return [cluster, namespace, kind, name].join('/');
  }
  if (type === 'list' && Array.isArray(value) && value.every((word) => typeof word === 'string' && !word.includes(',')))
    return value.join(', ');
  return JSON.stringify(value);
}

function hintOf(spec: InputSpec): string {
  const kind = `It is ${kindOf(spec)}.`;
  const { description } = spec;
  return description ? `${description}${/[.!?]$/.test(description) ? '' : '.'} ${kind}` : kind;
}

const kinds: Readonly<Record<InputSpec['type'], string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'yes or no',
  duration: 'a time like 90s or 1h30m',
  list: 'a list, its entries between commas',
  host: 'a host of the inventory',
  workload: 'a workload, cluster/namespace/kind/name',
  url: 'an http(s) URL',
  json: 'JSON',
};

/** `a whole number from 1 to 5`. */
export function kindOf({ type, secret, enum: among, minimum, maximum, pattern }: InputSpec): string {
  if (secret) return 'a reference to a secret, env:NAME or file:name: never type the secret itself';
  if (among) return `one of ${cut(among.map((value) => textOf(value, { type } as InputSpec)).join(', '), 300)}`;
  const bound = (value: number): string => (type === 'duration' ? duration(value) : String(value));
  const from = minimum === undefined ? '' : ` from ${bound(minimum)}`;
  const to = maximum === undefined ? '' : `${from ? '' : ' up'} to ${bound(maximum)}`;
  return `${kinds[type]}${from}${to}${pattern === undefined ? '' : ` like ${pattern}`}`;
}

/** Prefilled with what is known; `incident` as it was named. */
export function runForm(playbook: Playbook, incident: string, known: JsonObject): Form {
  const fields = Object.entries(playbook.inputs).map(([name, spec]) => fieldOf(name, spec, known[name]));
  return {
    title: 'Run a playbook',
    text: [
      bold(playbook.name),
      { text: ' ' },
      code(playbook.id),
      ...(playbook.description ? [{ text: `\n${cut(playbook.description, 1000)}` }] : []),
    ],
    submit: 'Run',
    fields,
    does: { intent: 'run_playbook', playbook: playbook.hash, incident },
  };
}
