/** JSON Schema of the language for editors, from the same declarations that the loader checks. */
import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { StepAction } from '../engine/ports.ts';
import { asObject } from './raw.ts';
import { PlaybookShape } from './shape/playbook.ts';

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

/** Any argument may be an expression, whatever its type. */
function orExpression(args: JsonObject): JsonObject {
  const properties = Object.entries(asObject(args.properties)).map(([name, schema]) => {
    const { description, ...rest } = asObject(schema);
    const expression = { type: 'string', pattern: '\\$\\{\\{' };
    return [name, { ...(description === undefined ? {} : { description }), anyOf: [rest, expression] }];
  });
  return { ...args, properties: Object.fromEntries(properties) };
}
