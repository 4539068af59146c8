/** Inputs of a run: what was given becomes what was declared, or is refused with a reason each. */
import { durationMs } from '../domain/duration.ts';
import type { CheckedInputs } from '../domain/facts.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { InputSpec } from '../domain/playbook.ts';
import { boundsProblem, type Checked, shown } from './input-bounds.ts';
import { secretInput } from './secret-input.ts';
import { workload } from './workload.ts';

type Specs = Readonly<Record<string, InputSpec>>;

/** `hosts`: the inventory now. */
export function checkInputs(specs: Specs, given: JsonObject, hosts: readonly string[]): CheckedInputs {
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(specs, name))
    .map((name) => `\`${name}\` is not an input of this playbook.`);
  const inputs: Record<string, Json> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const checked = isNothing(value) ? whenNothing(spec, hosts) : checkInput(spec, value, hosts);
    if (checked === undefined) continue;
    if ('problem' in checked) problems.push(`\`${name}\` ${checked.problem}`);
    else inputs[name] = checked.value;
  }
  return problems.length ? { ok: false, problems } : { ok: true, inputs };
}

const isNothing = (value: Json | undefined): value is null | undefined | '' =>
  value === undefined || value === null || value === '';

function whenNothing(spec: InputSpec, hosts: readonly string[]): Checked | undefined {
  if (spec.default !== undefined) return checkInput(spec, spec.default, hosts);
  if (spec.optional) return undefined;
  return { problem: typeof spec.from === 'string' ? `is missing: \`${spec.from}\` is empty.` : 'is missing.' };
}

export function checkInput(spec: InputSpec, given: Json, hosts: readonly string[]): Checked {
  if (spec.secret) return secretInput(spec, given);
  const typed = readers[spec.type](given, { hosts, spec });
  if ('problem' in typed) return typed;
  const problem = boundsProblem(spec, typed.value);
  return problem === undefined ? typed : { problem };
}

interface Around {
  readonly hosts: readonly string[];
  readonly spec: InputSpec;
}

type Reader = (given: Json, around: Around) => Checked;

// Labels and chat commands carry text only, so numbers, booleans and lists are read from it.
const readers: Readonly<Record<InputSpec['type'], Reader>> = {
  string: (given) => {
    if (typeof given === 'string') return { value: given };
    const isPlain = typeof given === 'number' || typeof given === 'boolean';
    return isPlain ? { value: String(given) } : { problem: `must be text, not ${shown(given)}.` };
  },
  integer: (given) => {
    const value = numberFrom(given);
    return Number.isSafeInteger(value) ? { value } : { problem: `must be a whole number, not ${shown(given)}.` };
  },
  number: (given) => {
    const value = numberFrom(given);
    return Number.isFinite(value) ? { value } : { problem: `must be a number, not ${shown(given)}.` };
  },
  boolean: (given) => {
    if (typeof given === 'boolean') return { value: given };
    return given === 'true' || given === 'false'
      ? { value: given === 'true' }
      : { problem: `must be \`true\` or \`false\`, not ${shown(given)}.` };
  },
  duration: (given) =>
    typeof given === 'string' && durationMs(given) !== undefined
      ? { value: given }
      : { problem: `must be a time like \`30s\` or \`1h30m\`, not ${shown(given)}.` },
  list: (given) => {
    const value = typeof given === 'string' ? listFrom(given) : given;
    return Array.isArray(value) ? { value } : { problem: `must be a list, not ${shown(given)}.` };
  },
  host: (given, { hosts }) => {
    const name =
      typeof given === 'string'
        ? [given, given.replace(/:\d{1,5}$/, '')].find((word) => hosts.includes(word))
        : undefined;
    return name === undefined ? { problem: `must be ${oneOf(hosts)}, not ${shown(given)}.` } : { value: name };
  },
  workload: (given, { spec }) => workload(given, spec.kind),
  url: (given) => {
    const isUrl = typeof given === 'string' && URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);
    return isUrl ? { value: given } : { problem: `must be an http(s) URL, not ${shown(given)}.` };
  },
  json: (given) => {
    const value = typeof given === 'string' ? jsonFrom(given) : given;
    // Text is a value of JSON's, too; but what begins like an object, a list or quoted text was meant as one.
    const isBroken = value === given && typeof given === 'string' && /^\s*[[{"]/.test(given);
    return isBroken ? { problem: `must be JSON, not ${shown(given)}.` } : { value };
  },
};

const mostNamed = 10;

function oneOf(hosts: readonly string[]): string {
  const isFew = hosts.length > 0 && hosts.length <= mostNamed;
  return isFew ? `a host of the inventory (${hosts.join(', ')})` : 'a host of the inventory';
}

const numberFrom = (given: Json): number =>
  typeof given === 'string' && /^[+-]?\d+(\.\d+)?$/.test(given.trim())
    ? Number(given)
    : typeof given === 'number'
      ? given
      : Number.NaN;

/** `a, b`, or as JSON where the entries are more than words. */
function listFrom(text: string): Json {
  if (!text.trim().startsWith('['))
    return text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  return jsonFrom(text);
}

/** What people type and labels carry is text: where it is JSON, that is what was meant. */
function jsonFrom(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
