/** Looks at what each step does: the action, its arguments, its declared effect, and that a verify only reads. */
import type { Json, JsonObject } from '../domain/json.ts';
import type { StepAction } from '../engine/ports.ts';
import type { Finding, Path } from './document.ts';
import { article } from './kinds.ts';
import { isRead } from './places.ts';
import { didYouMean } from './problems.ts';
import { argumentsIn, asList, asObject, asText, stepsOf } from './raw.ts';
import { laterActions } from './shape/later.ts';

type Actions = readonly StepAction[];

export function checkActions(data: unknown, actions: Actions): readonly Finding[] {
  return stepsOf(data).flatMap(({ path, raw }) => [
    ...checkUse(raw, path, actions),
    ...asList(raw.verify).flatMap((check, index) => checkVerify(asObject(check), [...path, 'verify', index], actions)),
  ]);
}

function checkUse(raw: JsonObject, path: Path, actions: Actions): readonly Finding[] {
  const id = asText(raw.action);
  if (id === undefined) return [];
  const action = actions.find((candidate) => candidate.id === id);
  if (!action) return [unknownAction(id, path, actions)];
  return [...argumentFindings(raw, path, action), ...effectFindings(raw, path, action)];
}

function unknownAction(id: string, path: Path, actions: Actions): Finding {
  const at = { path: [...path, 'action'] };
  if (laterActions.has(id))
    return {
      ...at,
      code: 'not_supported_yet',
      message: `The action \`${id}\` is part of the language but not supported yet.`,
    };
  return {
    ...at,
    code: 'unknown_action',
    message: `There is no action \`${id}\`.${didYouMean(
      id,
      actions.map((action) => action.id),
    )}`,
  };
}

function argumentFindings(raw: JsonObject, path: Path, action: StepAction): readonly Finding[] {
  const known = Object.keys(asObject(action.schema.properties));
  const args = argumentsIn(raw);
  // What is wrong with the key itself, or with its type, is said where the key stands.
  const issues = action
    .check(args, true)
    .filter(({ path: [key, name] }) => key !== 'env' || (known.includes('env') && isPlainIn(raw.env, name)));
  return issues.map((issue): Finding => {
    const [key] = issue.path;
    const at = {
      path: key === 'env' && raw.env !== undefined ? [...path, ...issue.path] : [...path, 'with', ...issue.path],
    };
    if (issue.path.length !== 1 || typeof key !== 'string' || known.includes(key)) {
      const name = typeof key === 'string' && args[key] === undefined ? `\`${key}\`: ` : '';
      return { ...at, code: 'bad_argument', message: `${name}${inWords(issue.message)}` };
    }
    return {
      ...at,
      at: 'key',
      code: 'unknown_key',
      message: `\`${key}\` is not an argument of \`${action.id}\`.${didYouMean(key, known)}`,
    };
  });
}

/** Zod's own words for a wrong type. */
function inWords(message: string): string {
  const [, wanted = '', given = ''] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (!wanted) return message;
  return given === 'undefined'
    ? `It is missing: write ${article(wanted)}.`
    : `It must be ${article(wanted)}, not ${article(given)}.`;
}

/** Under `with` it is for the action to say. */
const isPlainIn = (env: Json | undefined, name: string | number | undefined): boolean =>
  env === undefined || (name !== undefined && typeof asObject(env)[name] !== 'object');

function effectFindings(raw: JsonObject, path: Path, action: StepAction): readonly Finding[] {
  const declared = asText(raw.effect);
  const allowed: readonly string[] = action.effectsOf?.(argumentsIn(raw)) ?? action.effects;
  if (declared === undefined || allowed.includes(declared)) return [];
  const message = `\`${action.id}\` may be declared ${allowed.map((effect) => `\`${effect}\``).join(' or ')} here, not \`${declared}\`.`;
  return [{ path: [...path, 'effect'], code: 'effect_not_allowed', message }];
}

const flow = ['approval', 'ask', 'wait', 'assert', 'playbook.run'];

function checkVerify(raw: JsonObject, path: Path, actions: Actions): readonly Finding[] {
  const action = actions.find(({ id }) => id === raw.action);
  const findings = checkUse(raw, path, actions);
  if (!action || (isRead(action, raw) && !flow.includes(action.id))) return findings;
  return [
    ...findings,
    {
      path: [...path, 'action'],
      code: 'verify_not_read',
      message: `A verify only reads: \`${action.id}\` cannot stand in one${isRead(action, raw) ? '' : ', for it changes something here'}.`,
    },
  ];
}
