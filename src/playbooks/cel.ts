/** CEL as playbooks speak it: bounded, without a backtracking regexp, and with numbers that simply work. */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Json } from '../domain/json.ts';
import { found } from './regexps.ts';

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
  environment.registerFunction('re2match(string, string): bool', (text: string, pattern: string) =>
    found(pattern, text),
  );
  return environment;
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
    const run = environment.parse(source);
    refuseMatches(run.ast);
    return { ast: run.ast, evaluate: (scope) => run(scope as Record<string, unknown>) };
  } catch (error) {
    throw asBad(error);
  }
}

/** CEL's `matches()` is JavaScript's RegExp here: `^(a+)+$` and 30 letters take seconds. */
function refuseMatches(ast: ASTNode): void {
  for (const node of nodesOf(ast))
    if ((node.op === 'call' || node.op === 'rcall') && node.args[0] === 'matches')
      throw new BadExpression('`matches()` is not available. Write `re2match(text, "pattern")`.', node.start);
}

/** The node and all below it. */
export function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node;
  for (const child of childrenOf(node.args)) yield* nodesOf(child);
}

function childrenOf(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

export function asBad(error: unknown): BadExpression {
  if (error instanceof BadExpression) return error;
  const { summary, range, message } = error as { summary?: string; range?: { start: number }; message?: string };
  return new BadExpression(summary ?? message?.split('\n')[0] ?? 'does not work', range?.start ?? 0);
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

/** Back to plain data; throws `BadExpression` for what has no such form. */
export function fromCel(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return numberOf(value);
  if (Array.isArray(value)) return value.map(fromCel);
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== null && prototype !== Object.prototype)
    throw new BadExpression(
      'its value is no plain data: use `string(…)` for a time or a duration, `orValue(…)` for an optional',
      0,
    );
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, fromCel(item)]));
}

function numberOf(value: bigint | number): number {
  const number = Number(value);
  const exact = typeof value === 'bigint' ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (!exact) throw new BadExpression(`its value, ${value}, is no number that can be kept exactly`, 0);
  return number;
}
