/** A Kubernetes object by cluster, namespace, kind and name: nothing of it is ever pasted into a command. */
import type { Json, JsonObject } from '../domain/json.ts';
import { type Checked, shown } from './input-bounds.ts';
import { workloadFields } from './shape/inputs.ts';

type Field = (typeof workloadFields)[number];

// RFC 1123, as Kubernetes has it: a label for namespaces, a subdomain for names ("Object Names and IDs").
const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const namespace = new RegExp(`^${label}$`);
const subdomain = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`);

const forms: Readonly<Record<Field, { readonly form: RegExp; readonly what: string }>> = {
  cluster: { form: subdomain, what: 'a name after RFC 1123 (small letters, digits, `-`, `.`)' },
  namespace: { form: namespace, what: 'a name after RFC 1123 (small letters, digits, `-`, at most 63)' },
  kind: { form: /^[A-Z][A-Za-z0-9]{0,62}$/, what: 'a kind, as in `Deployment`' },
  name: { form: subdomain, what: 'a name after RFC 1123 (small letters, digits, `-`, `.`)' },
};

/** From a map, or from `cluster/namespace/kind/name` as people type it; the kind may be left out where one is declared. */
export function workload(given: Json, kind: string | undefined): Checked {
  const parts = typeof given === 'string' ? partsOf(given, kind) : given;
  if (!isMap(parts)) return { problem: `must be a workload, \`cluster/namespace/kind/name\`, not ${shown(given)}.` };
  const fields: JsonObject = { ...(kind !== undefined && { kind }), ...parts };
  const problem = Object.keys(fields).find((field) => !workloadFields.some((known) => known === field));
  if (problem !== undefined) return { problem: `has \`${problem}\`, which is no part of a workload.` };
  for (const field of workloadFields) {
    const wrong = fieldProblem(field, fields[field]);
    if (wrong !== undefined) return { problem: wrong };
  }
  if (kind !== undefined && fields.kind !== kind)
    return { problem: `must be a ${kind}, not a ${shown(fields.kind ?? '')}.` };
  const { cluster = '', namespace: space = '', name = '' } = fields;
  return { value: { cluster, namespace: space, kind: fields.kind ?? '', name } };
}

const isMap = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fieldProblem(field: Field, value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return `lacks its ${field}.`;
  const { form, what } = forms[field];
  return typeof value === 'string' && form.test(value)
    ? undefined
    : `has a ${field} that is not ${what}: ${shown(value)}.`;
}

function partsOf(text: string, kind: string | undefined): Json {
  const words = text.split('/');
  if (words.length === 3 && kind !== undefined) words.splice(2, 0, kind);
  if (words.length !== workloadFields.length) return text;
  return Object.fromEntries(workloadFields.map((field, at) => [field, words[at] ?? '']));
}
