/** Fills in `${{ }}`, once: what a value holds is never looked at for expressions again. */
import type { Rendered, Scope } from '../domain/facts.ts';
import type { Json } from '../domain/json.ts';
import { asBad, fromCel, parseExpression, roots, toCel } from './cel.ts';
import { hasExpression, type Piece, piecesOf } from './templates.ts';

class Unrendered extends Error {}

export function render(value: Json, scope: Scope): Rendered {
  const known = lazyScope(scope);
  try {
    return { ok: true, value: filled(value, known) };
  } catch (error) {
    if (error instanceof Unrendered) return { ok: false, problem: error.message };
    throw error;
  }
}

/** Roots are converted when an expression first speaks of them. */
function lazyScope(scope: Scope): Readonly<Record<string, unknown>> {
  const known: Record<string, unknown> = {};
  for (const root of roots) {
    if (!Object.hasOwn(scope, root)) continue;
    Object.defineProperty(known, root, { enumerable: true, get: once(() => toCel(scope[root] ?? null)) });
  }
  return known;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function filled(value: Json, scope: Readonly<Record<string, unknown>>): Json {
  if (typeof value === 'string') return hasExpression(value) ? fromText(value, scope) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => filled(item, scope));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, scope)]));
}

function fromText(text: string, scope: Readonly<Record<string, unknown>>): Json {
  const pieces = split(text);
  const [only] = pieces;
  if (pieces.length === 1 && only?.kind === 'expression') return evaluated(only.source, scope);
  return pieces.map((piece) => (piece.kind === 'text' ? piece.text : wordOf(piece.source, scope))).join('');
}

function split(text: string): readonly Piece[] {
  try {
    return piecesOf(text);
  } catch (error) {
    throw new Unrendered(error instanceof Error ? error.message : 'is not closed');
  }
}

/** Nothing is no value: a label that is missing must not make a command of the rest. */
function evaluated(source: string, scope: Readonly<Record<string, unknown>>): Json {
  try {
    const value = fromCel(parseExpression(source).evaluate(scope));
    if (value === null || value === '') throw new Unrendered(`\`${source}\` is empty.`);
    return value;
  } catch (error) {
    throw error instanceof Unrendered ? error : new Unrendered(`\`${source}\`: ${asBad(error).message}`);
  }
}

function wordOf(source: string, scope: Readonly<Record<string, unknown>>): string {
  const value = evaluated(source, scope);
  if (typeof value !== 'object') return String(value);
  throw new Unrendered(
    `\`${source}\` is ${Array.isArray(value) ? 'a list' : 'an object'} and cannot stand inside a text.`,
  );
}
