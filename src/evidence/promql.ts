/** Finds the limit that an alert's expression compares with: `rate(errors[5m]) > 0.05` → what is watched, and 0.05. */
import { type Operator, operators, type Threshold } from './chart/chart.ts';

export interface Watched {
  /** What to graph: the side of the comparison that is no number, or the whole expression. */
  readonly expression: string;
  readonly threshold?: Threshold;
}

export function watched(expression: string): Watched {
  const whole = unwrapped(expression.trim());
  return comparison(whole, topLevel(whole)) ?? { expression: expression.trim() };
}

interface Token {
  readonly text: string;
  readonly at: number;
}

/** Comparison and set operators outside of brackets, strings and comments; undefined where those do not match up. */
function topLevel(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(tokenPattern)) {
    if ('([{'.includes(token)) depth++;
    else if (')]}'.includes(token)) depth--;
    else if (/^["'`]$/.test(token) || depth < 0) return undefined;
    else if (depth === 0 && (isOperator(token) || setOperators.has(token.toLowerCase())))
      tokens.push({ text: token, at: index });
  }
  return depth === 0 ? tokens : undefined;
}

// Whole strings and comments, then whole words (so that `band` is not `and`), then operators and brackets. A quote
// that is left over belongs to a string that never ends.
const tokenPattern =
  /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|`[^`]*`|#[^\n]*|[A-Za-z_:][\w:]*|>=|<=|==|!=|=~|!~|[<>()[\]{}"'`]/g;

const setOperators = new Set(['and', 'or', 'unless']);
const isOperator = (token: string): token is Operator => (operators as readonly string[]).includes(token);

/**
 * Prometheus: `or` binds weaker than `and` and `unless`, those weaker than comparisons. Of `A > 5 and B` the value of
 * the alert is that of A; an `or` has two limits, and two comparisons in a row compare a comparison.
 */
function comparison(text: string, tokens: readonly Token[] | undefined): Watched | undefined {
  if (!tokens || tokens.some((token) => token.text.toLowerCase() === 'or')) return undefined;
  const end = tokens.find((token) => !isOperator(token.text))?.at ?? text.length;
  if (end < text.length) return watchedIn(text.slice(0, end));
  const [only, ...others] = tokens;
  if (!only || others.length || !isOperator(only.text)) return undefined;
  const left = text.slice(0, only.at).trim();
  const right = text.slice(only.at + only.text.length).trim();
  const [limit, turned] = [numberIn(right.replace(/^bool\b/i, '')), numberIn(left)];
  if (limit !== undefined && turned === undefined)
    return { expression: left, threshold: { value: limit, operator: only.text } };
  if (turned !== undefined && limit === undefined)
    return {
      expression: right.replace(/^bool\b/i, '').trim(),
      threshold: { value: turned, operator: mirrored[only.text] },
    };
  return undefined;
}

function watchedIn(text: string): Watched | undefined {
  const found = watched(text);
  return found.threshold ? found : undefined;
}

/** `0.05 < x` is `x > 0.05`. */
const mirrored: Readonly<Record<Operator, Operator>> = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
};

function numberIn(text: string): number | undefined {
  const bare = unwrapped(text.trim()).replace(/^([+-])\s+/, '$1');
  if (/^[+-]?(\d[\d_]*\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?)$/i.test(bare)) return Number(bare.replaceAll('_', ''));
  const [, sign = '', hex] = /^([+-]?)(0x[\da-f]+)$/i.exec(bare) ?? [];
  return hex ? Number(hex) * (sign === '-' ? -1 : 1) : undefined;
}

/** Without brackets around all of it. */
function unwrapped(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  const inside = text.slice(1, -1);
  return topLevel(inside) ? unwrapped(inside.trim()) : text;
}
