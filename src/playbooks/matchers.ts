/** Alertmanager's matchers, `alertname="X"`, `env=~"prod|staging"`. Source: Alertmanager docs, "Matchers". */
import type { Labels } from '../domain/alert.ts';
import { regexp, regexpProblem } from './regexps.ts';

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  /** A label that is not there counts as empty, as in Alertmanager. */
  readonly holds: (labels: Labels) => boolean;
}

/** Says what is wrong with the text. */
export class BadMatcher extends Error {
  override name = 'BadMatcher';
}

const form =
  /^\s*("(?:\\.|[^"\\])*"|[a-zA-Z_][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)\s*("(?:\\.|[^"\\])*"|(?![=~])[^"\s,{}]*)\s*$/s;

export function parseMatcher(text: string): Matcher {
  const [, label = '', operator = '', value = ''] = form.exec(text) ?? [];
  if (!operator)
    throw new BadMatcher(`\`${text}\` is no matcher. Write \`label="value"\`, or with \`!=\`, \`=~\`, \`!~\`.`);
  const matcher = { label: unquoted(label), operator: operator as Matcher['operator'], value: unquoted(value) };
  const problem = operator.endsWith('~') ? regexpProblem(matcher.value) : undefined;
  if (problem) throw new BadMatcher(problem);
  return { ...matcher, holds: holding(matcher) };
}

/** Made once: it is asked for each alert. */
function holding({ label, operator, value }: Omit<Matcher, 'holds'>): Matcher['holds'] {
  const is = operator.endsWith('~') ? regexp(value).matches : (actual: string) => actual === value;
  const isNot = operator.startsWith('!');
  return (labels) => is(labelOf(labels, label)) !== isNot;
}

/** Alertmanager unescapes `\"`, `\\` and `\n`, and nothing else. */
const unquoted = (text: string): string =>
  text.startsWith('"')
    ? text.slice(1, -1).replace(/\\(["\\n])/g, (_, letter) => (letter === 'n' ? '\n' : letter))
    : text;

const parsed = new Map<string, Matcher>();
const parsedMost = 5_000;

/** Throws `BadMatcher`. */
export function matcherOf(text: string): Matcher {
  const known = parsed.get(text);
  if (known) return known;
  if (parsed.size >= parsedMost) parsed.clear();
  const matcher = parseMatcher(text);
  parsed.set(text, matcher);
  return matcher;
}

/** All of them. */
export const matches = (matchers: readonly string[], labels: Labels): boolean =>
  matchers.every((text) => matcherOf(text).holds(labels));

export const labelOf = (labels: Labels, label: string): string =>
  Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
