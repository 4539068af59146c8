/** Looks at what each step does: the action, its arguments, its declared effect, and that a verify only reads. */
import type { JsonObject } from '../domain/json.ts';
import type { StepAction } from '../engine/ports.ts';
import { isRead } from './check-expressions.ts';
import type { Finding, Path } from './document.ts';
import { didYouMean } from './problems.ts';
import { asList, asObject, asText, stepsOf } from './raw.ts';
import { laterActions, laterKeys } from './shape.ts';

type Actions = readonly StepAction[];

export function checkActions(data: unknown, actions: Actions): readonly Finding[] {
  return [
    ...stepsOf(data).flatMap(({ path, raw }) => [
      ...checkUse(raw, path, actions),
      ...asList(raw.verify).flatMap((check, index) =>
        checkVerify(asObject(check), [...path, 'verify', index], actions),
      ),
    ]),
    ...duplicates(data),
  ];
}

function checkUse(raw: JsonObject, path: Path, actions: Actions): readonly Finding[] {
  const id = asText(raw.action);
  if (id === undefined) return [];
  const action = actions.find((candidate) => candidate.id === id);
  if (!action) return [unknownAction(id, path, actions)];
  return [...argumentFindings(asObject(raw.with), [...path, 'with'], action), ...effectFindings(raw, path, action)];
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

function argumentFindings(args: JsonObject, path: Path, action: StepAction): readonly Finding[] {
  const known = Object.keys(asObject(action.schema.properties));
  return action.check(args, true).map((issue): Finding => {
    const [key] = issue.path;
    const at = { path: [...path, ...issue.path] };
    if (issue.path.length !== 1 || typeof key !== 'string' || known.includes(key)) {
      const name = typeof key === 'string' && args[key] === undefined ? `\`${key}\`: ` : '';
      return { ...at, code: 'bad_argument', message: `${name}${issue.message}` };
    }
    if (laterKeys.has(key))
      return {
        ...at,
        at: 'key',
        code: 'not_supported_yet',
        message: `\`${key}\` is part of the language but not supported yet.`,
      };
    return {
      ...at,
      at: 'key',
      code: 'unknown_key',
      message: `\`${key}\` is not an argument of \`${action.id}\`.${didYouMean(key, known)}`,
    };
  });
}

function effectFindings(raw: JsonObject, path: Path, action: StepAction): readonly Finding[] {
  const declared = asText(raw.effect);
  const allowed: readonly string[] = action.effectsOf?.(asObject(raw.with)) ?? action.effects;
  if (declared === undefined || allowed.includes(declared)) return [];
  const message = `\`${action.id}\` may be declared ${allowed.map((effect) => `\`${effect}\``).join(' or ')} here, not \`${declared}\`.`;
  return [{ path: [...path, 'effect'], code: 'effect_not_allowed', message }];
}

const flow = ['approval', 'wait'];

function checkVerify(raw: JsonObject, path: Path, actions: Actions): readonly Finding[] {
  const action = actions.find(({ id }) => id === raw.action);
  const findings = checkUse(raw, path, actions);
  if (!action || (isRead(action, raw) && !flow.includes(action.id))) return findings;
  return [
    ...findings,
    {
      path: [...path, 'action'],
      code: 'verify_not_read',
      message: `A verify only reads; \`${action.id}\` changes something here.`,
    },
  ];
}

function duplicates(data: unknown): readonly Finding[] {
  const seen = new Set<string>();
  return stepsOf(data).flatMap(({ id, path }): readonly Finding[] => {
    if (id === undefined || !seen.has(id)) {
      if (id !== undefined) seen.add(id);
      return [];
    }
    return [{ path: [...path, 'id'], code: 'duplicate_step', message: `There is a step \`${id}\` already.` }];
  });
}
