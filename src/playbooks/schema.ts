/** JSON Schema of the language for editors, from the same declarations that the loader checks. */
import { z } from 'zod';
import type { Json, JsonObject } from '../domain/json.ts';
import type { StepAction } from '../engine/ports.ts';
import { asObject } from './raw.ts';
import { PlaybookShape } from './shape/playbook.ts';
import { PlaybookTest } from './test-file.ts';

export function playbookSchema(actions: readonly StepAction[]): JsonObject {
  const schema = languageSchema();
  const own = actions.map(withOwnDefinitions);
  const definitions = Object.entries(asObject(schema.definitions)).map(([name, definition]) => [
    name,
    hasAction(asObject(definition)) ? knowing(actions, asObject(definition)) : definition,
  ]);
  return {
    ...schema,
    title: 'Tocsin playbook, playbook/v1',
    definitions: {
      ...Object.fromEntries(definitions),
      ...Object.assign({}, ...own.map(({ definitions: theirs }) => theirs)),
      Arguments: argumentsOf(own),
    },
  };
}

interface Described {
  readonly id: string;
  readonly summary: string;
  readonly schema: JsonObject;
  readonly definitions: JsonObject;
}

/** A reference leads to the document's own definitions, wherever it stands: those of an action move there, by its name. */
function withOwnDefinitions({ id, summary, schema }: StepAction): Described {
  const moved = JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', `"#/definitions/${id}.`)) as JsonObject;
  const { $schema: _, definitions = {}, ...rest } = moved;
  const named = Object.entries(asObject(definitions)).map(([name, definition]) => [`${id}.${name}`, definition]);
  return { id, summary, schema: rest, definitions: Object.fromEntries(named) };
}

/** Of `*.test.yml`. */
export const testSchema = (): JsonObject => ({
  ...(z.toJSONSchema(PlaybookTest, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as JsonObject),
  title: 'Tests of a Tocsin playbook, playbook/v1',
});

/** The keys alone, without what each action takes. */
export const languageSchema = (): JsonObject =>
  z.toJSONSchema(PlaybookShape, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as JsonObject;

const hasAction = (definition: JsonObject): boolean => asObject(definition.properties).action !== undefined;

function knowing(actions: readonly StepAction[], schema: JsonObject): JsonObject {
  const action = { ...asObject(asObject(schema.properties).action), enum: actions.map(({ id }) => id) };
  const properties = { ...asObject(schema.properties), action };
  return { ...schema, properties, allOf: [{ $ref: '#/definitions/Arguments' }] };
}

/** Which action it is decides what may stand under `with`. */
const argumentsOf = (actions: readonly Described[]): JsonObject => ({
  allOf: actions.map(({ id, schema, summary }) => ({
    if: { properties: { action: { const: id } }, required: ['action'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
    then: { properties: { with: { ...orExpression(schema), description: summary } } },
  })),
});

const expression: JsonObject = { type: 'string', pattern: '\\$\\{\\{' };

/** Any value in an argument may be an expression, whatever its type. */
const orExpression = (args: JsonObject): JsonObject => ({ ...args, properties: each(args.properties, mayBeOne) });

function mayBeOne(value: Json | undefined): JsonObject {
  const { description, ...rest } = asObject(value);
  return { ...(description === undefined ? {} : { description }), anyOf: [mayHoldOne(rest), expression] };
}

/** So may what a list or a map holds. */
function mayHoldOne(schema: JsonObject): JsonObject {
  const { properties, items, additionalProperties, anyOf } = schema;
  return {
    ...schema,
    ...(properties !== undefined && { properties: each(properties, mayBeOne) }),
    ...(items !== undefined && { items: mayBeOne(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: mayBeOne(additionalProperties) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((form) => mayHoldOne(asObject(form))) }),
  };
}

const each = (properties: Json | undefined, turned: (value: Json) => Json): JsonObject =>
  Object.fromEntries(Object.entries(asObject(properties)).map(([name, schema]) => [name, turned(schema)]));
