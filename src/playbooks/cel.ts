/** CEL as playbooks speak it: bounded, without a backtracking regexp, and with numbers that simply work. */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Json } from '../domain/json.ts';
import { bound, type Measure, measure, withinBounds } from './cel-bounds.ts';
import { asWritten, badPattern, leftOver, overRe2, withMatches } from './cel-matches.ts';

export const roots = [
  ...['inputs', 'alert', 'incident', 'run', 'steps', 'playbook', 'result'],
  /** Only in a step with `foreach`. */
  'item',
  /** References to secrets, never values. */
  'secrets',
] as const;

/** What is wrong with an expression, and where in it. */
export class BadExpression extends Error {
  override name = 'BadExpression';
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

export interface Expression {
  readonly ast: ASTNode;
  /** The expression as it is run: each letter where the author has it. */
  readonly checkable: string;
  evaluate(scope: Readonly<Record<string, unknown>>): unknown;
}

type Arithmetic = (a: number, b: number) => number;
const arithmetic: Readonly<Record<string, Arithmetic>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** Without the roots, for whoever gives them types. */
export function bareEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 500, maxDepth: 50, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 20 },
  });
  // CEL itself has no arithmetic between whole and broken numbers; `2 * steps.x.outputs.ratio` must simply work.
  for (const [operator, act] of Object.entries(arithmetic))
    for (const [left, right] of [
      ['int', 'double'],
      ['double', 'int'],
    ])
      environment.registerOperator(`${left} ${operator} ${right}`, (a: unknown, b: unknown) =>
        act(Number(a), Number(b)),
      );
  return withMatches(environment);
}

const environment = roots.reduce(
  (made, root) => made.registerVariable(root, root === 'item' ? 'dyn' : 'map'),
  bareEnvironment(),
);
const kept = new Map<string, Expression>();
const keptMost = 2_000;

/** Throws `BadExpression`. */
export function parseExpression(source: string): Expression {
  const known = kept.get(source);
  if (known) return known;
  if (kept.size >= keptMost) kept.clear();
  const expression = parsed(source);
  kept.set(source, expression);
  return expression;
}

function parsed(source: string): Expression {
  if (source === '') throw new BadExpression('There is no expression between the braces.', 0);
  try {
    const checkable = overRe2(source, environment.parse(source).ast);
    const run = environment.parse(checkable);
    refuse(run.ast);
    bound(run.ast);
    const evaluate: Expression['evaluate'] = (scope) => withinBounds(() => run(scope as Record<string, unknown>));
    return { ast: run.ast, checkable, evaluate };
  } catch (error) {
    throw asBad(error);
  }
}

function refuse(ast: ASTNode): void {
  const native = leftOver(ast);
  if (native) throw new BadExpression('`matches()` takes one pattern: `text.matches("pattern")`.', native.start);
  const bad = badPattern(ast);
  if (bad) throw new BadExpression(bad.problem, bad.at);
}

export function asBad(error: unknown): BadExpression {
  if (error instanceof BadExpression) return error;
  const { summary, range, message } = error as { summary?: string; range?: { start: number }; message?: string };
  const what = summary ?? message?.split('\n')[0] ?? 'does not work';
  return new BadExpression(asWritten(what), range?.start ?? 0);
}

/** Whole numbers enter as `int`, others as `double`. */
export function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toCel);
  // Without a prototype, so that `__proto__` and `constructor` are keys like any others.
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) object[key] = toCel(item);
  return object;
}

/** Back to plain data; throws for what has no such form, or no end. */
export const fromCel = (value: unknown): Json => plainOf(value, measure());

function plainOf(value: unknown, size: Measure): Json {
  size.part();
  if (typeof value === 'string') return size.letters(value);
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return numberOf(value);
  if (Array.isArray(value)) return value.map((item) => plainOf(item, size));
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== null && prototype !== Object.prototype)
    throw new BadExpression(
      'its value is no plain data: use `string(…)` for a time or a duration, `orValue(…)` for an optional',
      0,
    );
  const entries = Object.entries(value as object).map(
    ([key, item]) => [size.letters(key), plainOf(item, size)] as const,
  );
  return Object.fromEntries(entries);
}

function numberOf(value: bigint | number): number {
  const number = Number(value);
  const exact = typeof value === 'bigint' ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (!exact) throw new BadExpression(`its value, ${value}, is no number that can be kept exactly`, 0);
  return number;
}
