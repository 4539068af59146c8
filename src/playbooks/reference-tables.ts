/** Turns JSON Schema into rows that people read: a key, its type in words, its default, what it says. */
import { durationPattern } from '../domain/duration.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { asList, asObject, asText } from './raw.ts';

type Row = readonly string[];

/** Maps of known keys are written out below their own row: `retry.max_attempts`. */
export function rowsOf(schema: JsonObject, above = ''): readonly Row[] {
  const required = asList(schema.required);
  return Object.entries(asObject(schema.properties)).flatMap(([name, property]) => {
    const own = asObject(property);
    const key = `${above}${name}`;
    return [
      [`\`${key}\``, typeOf(own), standing(own, required.includes(name)), asText(own.description) ?? ''],
      ...inner(own, key),
    ];
  });
}

function inner(schema: JsonObject, key: string): readonly Row[] {
  if (schema.properties) return rowsOf(schema, `${key}.`);
  const items = asObject(schema.items);
  if (items.properties) return rowsOf(items, `${key}[].`);
  return asList(schema.anyOf).flatMap((form) => inner(asObject(form), key));
}

function standing(schema: JsonObject, isRequired: boolean): string {
  const { default: fallback } = schema;
  if (fallback === undefined || isMapOrNothing(fallback)) return isRequired ? 'required' : '';
  return `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``;
}

/** What a map holds by default is said of its keys. */
const isMapOrNothing = (value: Json): boolean =>
  value === '' || (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && value !== null);

const sections: Readonly<Record<string, string>> = {
  Trigger: '[trigger](#a-trigger)',
  Input: '[input](#an-input)',
  Step: '[step](#a-step)',
  ParallelStep: '[step](#steps-elsewhere)',
  ClosingStep: '[step](#steps-elsewhere)',
  Rollback: '[rollback](#steps-elsewhere)',
  Verify: '[verify](#a-verify)',
};

function typeOf(schema: JsonObject): string {
  const { $ref, anyOf, const: only, enum: allowed, type } = schema;
  if (typeof $ref === 'string') return sections[$ref.split('/').at(-1) ?? ''] ?? 'anything';
  if (Array.isArray(schema.allOf)) return schema.allOf.map((part) => typeOf(asObject(part))).join(' ');
  if (only !== undefined) return `\`${String(only)}\``;
  if (Array.isArray(allowed)) return allowed.map((value) => `\`${String(value)}\``).join(', ');
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map((form) => typeOf(asObject(form))))].join(' or ');
  return (typeof type === 'string' && kinds[type]?.(schema)) || 'anything';
}

const kinds: Readonly<Record<string, (schema: JsonObject) => string>> = {
  string: ({ pattern }) => (pattern === durationPattern.source ? 'time' : 'text'),
  integer: (schema) => `whole number${extent(schema)}`,
  number: (schema) => `number${extent(schema)}`,
  boolean: () => '`true`, `false`',
  array: ({ items }) => `list of ${typeOf(asObject(items))}`,
  object: ({ additionalProperties, properties }) =>
    properties ? 'map' : `map of names to ${typeOf(asObject(additionalProperties))}`,
};

/** JSON Schema has every whole number below 2^53 bounded; people have not. */
function extent({ minimum, maximum }: JsonObject): string {
  const [least, most] = [minimum, maximum].map((bound) =>
    typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined,
  );
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  if (least !== undefined) return `, ${least} or more`;
  return most === undefined ? '' : `, ${most} or less`;
}

export function table(head: readonly string[], rows: readonly Row[]): string {
  const line = (cells: Row) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
