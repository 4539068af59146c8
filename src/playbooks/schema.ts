/** JSON Schema of the language for editors, from the same declarations that the loader checks. */
import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { StepAction } from '../engine/ports.ts';
import { asObject } from './raw.ts';
import { PlaybookShape } from './shape.ts';

export function playbookSchema(actions: readonly StepAction[]): JsonObject {
  const schema = z.toJSONSchema(PlaybookShape, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  }) as JsonObject;
  const properties = asObject(schema.properties);
  const steps = asObject(properties.steps);
  const step = asObject(steps.items);
  const checks = asObject(asObject(step.properties).verify);
  const verify = { ...checks, items: knowing(actions, asObject(checks.items)) };
  const known = knowing(actions, { ...step, properties: { ...asObject(step.properties), verify } });
  return {
    ...schema,
    title: 'Tocsin playbook, playbook/v1',
    properties: { ...properties, steps: { ...steps, items: known } },
  };
}

/** Which action it is decides what may stand under `with`. */
function knowing(actions: readonly StepAction[], schema: JsonObject): JsonObject {
  const ids = actions.map(({ id }) => id);
  const action = { ...asObject(asObject(schema.properties).action), enum: ids };
  const allOf = actions.map(({ id, schema: args, summary }) => ({
    if: { properties: { action: { const: id } }, required: ['action'] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
    then: { properties: { with: { ...orExpression(args), description: summary } } },
  }));
  return { ...schema, properties: { ...asObject(schema.properties), action }, allOf };
}

/** Any argument may be an expression, whatever its type. */
function orExpression({ $schema: _, ...args }: JsonObject): JsonObject {
  const properties = Object.entries(asObject(args.properties)).map(([name, schema]) => {
    const { description, ...rest } = asObject(schema);
    const expression = { type: 'string', pattern: '\\$\\{\\{' };
    return [name, { ...(description === undefined ? {} : { description }), anyOf: [rest, expression] }];
  });
  return { ...args, properties: Object.fromEntries(properties) };
}
