/** What is known of types before anything runs: of inputs by their declaration, of the other roots by what they hold. */
import type { Environment } from '@marcbachmann/cel-js';
import type { JsonObject } from '../domain/json.ts';
import { bareEnvironment, roots } from './cel.ts';
import { asObject, asText, own } from './raw.ts';

const inputTypes: Readonly<Record<string, string>> = {
  string: 'string',
  duration: 'string',
  host: 'string',
  url: 'string',
  integer: 'int',
  boolean: 'bool',
  list: 'list',
  workload: 'map<string, string>',
};

const fixed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  alert: { labels: 'map<string, string>', annotations: 'map<string, string>', startsAt: 'int', fingerprint: 'string' },
  incident: { id: 'string', number: 'int', title: 'string', severity: 'string', service: 'string' },
  run: { id: 'string', mode: 'string', state: 'string', outcome: 'string', url: 'string' },
  playbook: { id: 'string', name: 'string' },
};

/** What each root is known to hold; the others may hold anything. */
export const fieldsOf = (root: string): readonly string[] | undefined => {
  const fields = own(fixed, root);
  return fields && Object.keys(fields);
};

/** Says of what type an expression is, or what is wrong with it. */
export type Typed = Pick<Environment, 'check'>;

const kept = new Map<string, Typed>();
const keptMost = 300;

/** So that `inputs.host > 3` is found before it runs. Many playbooks have the same inputs, and ask the same of them. */
export function typedEnvironment(inputs: Readonly<Record<string, unknown>>): Typed {
  const types = Object.fromEntries(Object.entries(inputs).map(([name, spec]) => [name, typeOf(asObject(spec))]));
  const key = JSON.stringify(types);
  const known = kept.get(key);
  if (known) return known;
  if (kept.size >= keptMost) kept.clear();
  const made = remembering(environmentOf(types));
  kept.set(key, made);
  return made;
}

function environmentOf(types: Readonly<Record<string, string>>): Environment {
  const environment = bareEnvironment();
  for (const root of roots) {
    const schema = root === 'inputs' ? types : fixed[root];
    if (schema) environment.registerVariable({ name: root, schema });
    else environment.registerVariable(root, root === 'item' ? 'dyn' : 'map');
  }
  return environment;
}

function remembering(environment: Environment): Typed {
  const checked = new Map<string, ReturnType<Environment['check']>>();
  return {
    check: (source) => {
      const known = checked.get(source);
      if (known) return known;
      if (checked.size >= keptMost) checked.clear();
      const result = environment.check(source);
      checked.set(source, result);
      return result;
    },
  };
}

const typeOf = ({ type }: JsonObject): string => own(inputTypes, asText(type) ?? '') ?? 'dyn';

export type Kind = 'bool' | 'number' | 'list' | 'map' | 'text' | 'any' | 'no data';

export function kindOf(type: string): Kind {
  if (type === 'dyn' || type === 'null') return 'any';
  if (type === 'bool') return 'bool';
  if (['int', 'uint', 'double'].includes(type)) return 'number';
  if (type.startsWith('list')) return 'list';
  if (type.startsWith('map') || type.startsWith('$')) return 'map';
  return type === 'string' ? 'text' : 'no data';
}
