/** Looks at what can only be known by trying: matchers, patterns and defaults. */
import type { InputSpec } from '../domain/playbook.ts';
import type { Finding, Path } from './document.ts';
import { checkInput } from './inputs.ts';
import { BadMatcher, parseMatcher } from './matchers.ts';
import { asList, asObject, asText } from './raw.ts';
import { regexpProblem } from './regexps.ts';
import { inputTypes } from './shape/inputs.ts';
import { toInput } from './to-input.ts';

export function checkTriggers(data: unknown): readonly Finding[] {
  const triggers = asList(asObject(data).triggers).flatMap((trigger, index) =>
    asList(asObject(trigger).alert).flatMap((text, at) => matcherFindings(text, ['triggers', index, 'alert', at])),
  );
  const inputs = Object.entries(asObject(asObject(data).inputs)).flatMap(([name, spec]) =>
    inputFindings(asObject(spec), ['inputs', name]),
  );
  return [...triggers, ...inputs];
}

function matcherFindings(text: unknown, path: Path): readonly Finding[] {
  if (typeof text !== 'string') return [];
  try {
    parseMatcher(text);
    return [];
  } catch (error) {
    if (!(error instanceof BadMatcher)) throw error;
    return [{ path, code: 'bad_matcher', message: error.message }];
  }
}

function inputFindings(raw: Readonly<Record<string, unknown>>, path: Path): readonly Finding[] {
  const pattern = asText(raw.pattern);
  const problem = pattern === undefined ? undefined : regexpProblem(pattern);
  if (problem) return [{ path: [...path, 'pattern'], code: 'bad_regexp', message: problem }];
  const type = inputTypes.find((known) => known === raw.type);
  if (raw.default === undefined || type === undefined) return [];
  const spec = toInput({ optional: false, secret: false, description: '', ...raw, type } as Parameters<
    typeof toInput
  >[0]);
  const wrong = defaultProblem(spec);
  return wrong === undefined
    ? []
    : [{ path: [...path, 'default'], code: 'bad_default', message: `The default ${wrong}` }];
}

/** Whether a host is in the inventory is asked when a run begins: the inventory is another file. */
function defaultProblem(spec: InputSpec): string | undefined {
  const value = spec.default ?? null;
  const checked = checkInput(spec, value, typeof value === 'string' ? [value] : []);
  return 'problem' in checked ? checked.problem : undefined;
}
