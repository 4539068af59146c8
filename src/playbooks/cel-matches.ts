/** CEL's `matches()` over RE2: the library's own is JavaScript's RegExp, where `^(a+)+$` and 30 letters take seconds. */
import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { nodesOf } from './cel-ast.ts';
import { found, regexpProblem } from './regexps.ts';

/** As long as `matches`, so that what is said about an expression points at the right letter. */
const ours = 'matchRE';
const theirs = 'matches';
/** From before `matches` itself could be had. */
const older = 're2match';

export function withMatches(environment: Environment): Environment {
  const find = (text: string, pattern: string) => found(pattern, text);
  environment.registerFunction(`${ours}(string, string): bool`, find);
  environment.registerFunction(`string.${ours}(string): bool`, find);
  return environment.registerFunction(`${older}(string, string): bool`, find);
}

export const asWritten = (message: string): string => message.replaceAll(ours, theirs);

type Call = Extract<ASTNode, { op: 'call' | 'rcall' }>;

/** The same expression with ours in the place of theirs. */
export function overRe2(source: string, ast: ASTNode): string {
  return callsOf(ast, [theirs]).reduce((text, call) => {
    const [first] = argumentsOf(call);
    const at = first ? text.lastIndexOf(theirs, first.start - 1) : -1;
    return at < 0 ? text : text.slice(0, at) + ours + text.slice(at + theirs.length);
  }, source);
}

/** What could not be replaced, which must not run. */
export const leftOver = (ast: ASTNode): ASTNode | undefined => callsOf(ast, [theirs])[0];

/** A pattern that is written out is looked at before anything runs. */
export function badPattern(ast: ASTNode): { readonly problem: string; readonly at: number } | undefined {
  for (const call of callsOf(ast, [ours, older])) {
    const pattern = argumentsOf(call).at(-1);
    const problem =
      typeof pattern?.args === 'string' && pattern.op === 'value' ? regexpProblem(pattern.args) : undefined;
    if (pattern && problem) return { problem, at: pattern.start };
  }
  return undefined;
}

const callsOf = (ast: ASTNode, names: readonly string[]): readonly Call[] =>
  [...nodesOf(ast)].filter(
    (node): node is Call => (node.op === 'call' || node.op === 'rcall') && names.includes(node.args[0]),
  );

const argumentsOf = (call: Call): readonly ASTNode[] => (call.op === 'call' ? call.args[1] : call.args[2]);
