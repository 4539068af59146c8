/** What an expression speaks of: `inputs.host`, `steps.before.outputs.active_state`, each with where it stands. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { nodesOf } from './cel-ast.ts';

export interface Reference {
  /** As far as it can be known: `['steps', 'before', 'outputs', 'active_state']`. */
  readonly path: readonly string[];
  /** Whether its absence is provided for: `.?`, or inside `has()`. */
  readonly optional: boolean;
  readonly at: number;
}

const known = new WeakMap<ASTNode, readonly Reference[]>();

/** The longest ones: of `a.b.c` neither `a.b` nor `a`. */
export function referencesIn(ast: ASTNode): readonly Reference[] {
  const found = known.get(ast) ?? longestIn(ast);
  known.set(ast, found);
  return found;
}

function longestIn(ast: ASTNode): readonly Reference[] {
  const inner = new Set<ASTNode>();
  const found: Reference[] = [];
  // Outer nodes come first.
  for (const node of nodesOf(ast)) {
    const chain = inner.has(node) ? undefined : chainOf(node);
    if (!chain) continue;
    for (const part of chain.nodes) inner.add(part);
    found.push({ path: chain.path, optional: chain.optional, at: chain.nodes.at(-1)?.start ?? node.start });
  }
  return found;
}

interface Chain {
  readonly path: readonly string[];
  readonly optional: boolean;
  readonly nodes: readonly ASTNode[];
}

function chainOf(node: ASTNode): Chain | undefined {
  if (node.op === 'id') return { path: [node.args], optional: false, nodes: [node] };
  if (node.op === '.' || node.op === '.?') return longer(node, node.args[0], node.args[1]);
  if (node.op !== '[]' && node.op !== '[?]') return undefined;
  const key = node.args[1];
  return key.op === 'value' && typeof key.args === 'string' ? longer(node, node.args[0], key.args) : undefined;
}

function longer(node: ASTNode, left: ASTNode, key: string): Chain | undefined {
  const before = chainOf(left);
  const optional = node.op === '.?' || node.op === '[?]';
  return (
    before && { path: [...before.path, key], optional: optional || before.optional, nodes: [node, ...before.nodes] }
  );
}

/** Names that an expression gives to entries of its own: `x` in `list.all(x, x > 3)` and in `cel.bind(x, …)`. */
export function boundIn(ast: ASTNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodesOf(ast)) {
    if (node.op !== 'rcall') continue;
    const [method, , args] = node.args;
    const [first] = args;
    if (binders.includes(method) && first?.op === 'id') names.add(first.args);
  }
  return names;
}

// CEL's macros; cel-js README, "Macros".
const binders = ['all', 'exists', 'exists_one', 'map', 'filter', 'bind'];
