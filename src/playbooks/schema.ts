/** JSON Schema of the language for editors, from the same declarations that the loader checks. */
import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { StepAction } from '../engine/ports.ts';
import { asObject } from './raw.ts';
import { PlaybookShape } from './shape/playbook.ts';

export function playbookSchema(actions: readonly StepAction[]): JsonObject {
  const schema = languageSchema();
  const definitions = Object.entries(asObject(schema.definitions)).map(([name, definition]) => [
    name,
    hasAction(asObject(definition)) ? knowing(actions, asObject(definition)) : definition,
  ]);
  return {
    ...schema,
    title: 'Tocsin playbook, playbook/v1',
    definitions: { ...Object.fromEntries(definitions), Arguments: argumentsOf(actions) },
  };
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
const argumentsOf = (actions: readonly StepAction[]): JsonObject => ({
  allOf: actions.map(({ id, schema, summary }) => ({
    if: { properties: { action: { const: id } }, required: ['action'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
    then: { properties: { with: { ...orExpression(schema), description: summary } } },
  })),
});

/** Any argument may be an expression, whatever its type; one that may stand as `env` beside `with` need not be below it. */
function orExpression({ $schema: _, ...args }: JsonObject): JsonObject {
  const properties = Object.entries(asObject(args.properties)).map(([name, schema]) => {
    const { description, ...rest } = asObject(schema);
    const expression = { type: 'string', pattern: '\\$\\{\\{' };
    return [name, { ...(description === undefined ? {} : { description }), anyOf: [rest, expression] }];
  });
  return { ...args, properties: Object.fromEntries(properties) };
}
