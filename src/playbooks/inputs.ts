/** Inputs of a run: what was given becomes what was declared, or is refused with a reason each. */
import { durationMs } from '../domain/duration.ts';
import type { CheckedInputs } from '../domain/facts.ts';
import { canonical, type Json, type JsonObject } from '../domain/json.ts';
import type { InputSpec } from '../domain/playbook.ts';
import { regexp } from './regexps.ts';

type Checked = { readonly value: Json } | { readonly problem: string };
type Specs = Readonly<Record<string, InputSpec>>;

/** `hosts`: the inventory now. */
export function checkInputs(specs: Specs, given: JsonObject, hosts: readonly string[]): CheckedInputs {
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(specs, name))
    .map((name) => `\`${name}\` is not an input of this playbook.`);
  const inputs: Record<string, Json> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const checked = isNothing(value) ? whenNothing(spec) : checkInput(spec, value, hosts);
    if (checked === undefined) continue;
    if ('problem' in checked) problems.push(`\`${name}\` ${checked.problem}`);
    else inputs[name] = checked.value;
  }
  return problems.length ? { ok: false, problems } : { ok: true, inputs };
}

const isNothing = (value: Json | undefined): value is null | undefined | '' =>
  value === undefined || value === null || value === '';

function whenNothing(spec: InputSpec): Checked | undefined {
  if (spec.default !== undefined) return { value: spec.default };
  if (spec.optional) return undefined;
  return { problem: spec.from ? `is missing: \`${spec.from}\` is empty.` : 'is missing.' };
}

export function checkInput(spec: InputSpec, given: Json, hosts: readonly string[]): Checked {
  const typed = readers[spec.type](given, hosts);
  if ('problem' in typed) return typed;
  const problem = boundsProblem(spec, typed.value);
  return problem === undefined ? typed : { problem };
}

type Reader = (given: Json, hosts: readonly string[]) => Checked;

const text: Reader = (given) =>
  typeof given === 'string' ? { value: given } : { problem: `must be text, not ${shown(given)}.` };

// Labels and chat commands carry text only, so numbers and booleans are read from it.
const readers: Readonly<Record<InputSpec['type'], Reader>> = {
  string: (given) =>
    typeof given === 'number' || typeof given === 'boolean' ? { value: String(given) } : text(given, []),
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
  list: (given) => (Array.isArray(given) ? { value: given } : { problem: `must be a list, not ${shown(given)}.` }),
  host: (given, hosts) => {
    const name =
      typeof given === 'string'
        ? [given, given.replace(/:\d{1,5}$/, '')].find((word) => hosts.includes(word))
        : undefined;
    return name === undefined ? { problem: `must be a host of the inventory, not ${shown(given)}.` } : { value: name };
  },
  url: (given) => {
    const isUrl = typeof given === 'string' && URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);
    return isUrl ? { value: given } : { problem: `must be an http(s) URL, not ${shown(given)}.` };
  },
  json: (given) => ({ value: given }),
};

const numberFrom = (given: Json): number =>
  typeof given === 'string' && /^[+-]?\d+(\.\d+)?$/.test(given.trim())
    ? Number(given)
    : typeof given === 'number'
      ? given
      : Number.NaN;

function boundsProblem(spec: InputSpec, value: Json): string | undefined {
  if (spec.enum && !spec.enum.some((allowed) => canonical(allowed) === canonical(value)))
    return `must be one of ${spec.enum.map(shown).join(', ')}, not ${shown(value)}.`;
  if (spec.pattern !== undefined && !(typeof value === 'string' && regexp(spec.pattern).matches(value)))
    return `does not match \`${spec.pattern}\`: ${shown(value)}.`;
  if (typeof value === 'number') return between(value, [spec.minimum, spec.maximum], 'be');
  const length = typeof value === 'string' ? [...value].length : Array.isArray(value) ? value.length : undefined;
  return length === undefined ? undefined : between(length, [spec.minLength, spec.maxLength], 'have');
}

type Bounds = readonly [least: number | undefined, most: number | undefined];

function between(value: number, [least, most]: Bounds, verb: 'be' | 'have'): string | undefined {
  const things = verb === 'have' ? ' letters or entries' : '';
  if (least !== undefined && value < least) return `must ${verb} at least ${least}${things}, not ${value}.`;
  if (most !== undefined && value > most) return `must ${verb} at most ${most}${things}, not ${value}.`;
  return undefined;
}

const shown = (value: Json): string => {
  const written = JSON.stringify(value);
  return written.length > 80 ? `${written.slice(0, 79)}…` : written;
};
