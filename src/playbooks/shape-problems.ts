/** What zod says about the shape, in the words of a playbook's author. */
import type { z } from 'zod';
import type { Finding, Path } from './document.ts';
import { article, kindOf } from './kinds.ts';
import { didYouMean } from './problems.ts';
import { own } from './raw.ts';
import { PlaybookShape } from './shape/playbook.ts';

export function shapeFindings(data: unknown, parsed = PlaybookShape.safeParse(data)): readonly Finding[] {
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => findingsOf(issue, data));
}

function findingsOf(issue: z.core.$ZodIssue, data: unknown): readonly Finding[] {
  const path: Path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const value = valueAt(data, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_key')
    return [{ path, at: 'key', code: 'bad_value', message: issue.issues[0]?.message ?? 'This name cannot be used.' }];
  if (value === undefined && issue.code !== 'custom') return [missing(path)];
  if (issue.code === 'invalid_union') return ofUnion(issue, { path, data });
  if (path[0] === 'secrets' && typeof value === 'string' && value.startsWith('vault:')) return [later(path, 'vault:…')];
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid'))
    return [
      { path, code: 'wrong_type', message: `${last(path)} must be ${article(issue.expected)}, not ${kindOf(value)}.` },
    ];
  if (issue.code === 'too_small')
    return [{ path, code: 'bad_value', message: `${last(path)} must ${extent(issue, 'at least', issue.minimum)}.` }];
  if (issue.code === 'too_big')
    return [{ path, code: 'bad_value', message: `${last(path)} must ${extent(issue, 'at most', issue.maximum)}.` }];
  if (issue.code === 'invalid_value') return [{ path, code: 'bad_value', message: oneOf(path, value, issue.values) }];
  return [{ path, code: 'bad_value', message: `${last(path)}: ${sentence(issue.message)}` }];
}

function unknownKey(path: Path, key: string): Finding {
  const at = { path: [...path, key], at: 'key' } as const;
  return {
    ...at,
    code: 'unknown_key',
    message: `\`${key}\` is not a key of ${whatHas(path)}.${didYouMean(key, keysAt(path))}`,
  };
}

const later = (path: Path, what: string): Finding => ({
  path,
  code: 'not_supported_yet',
  message: `\`${what}\` is part of the language but not supported yet.`,
});

interface At {
  readonly path: Path;
  readonly data: unknown;
}

/** Of several forms, the one that the author had in mind: it has the right type as a whole. */
function ofUnion({ errors }: z.core.$ZodIssueInvalidUnion, { path, data }: At): readonly Finding[] {
  const isOther = (issue: z.core.$ZodIssue) => issue.code === 'invalid_type' && issue.path.length === 0;
  const meant = errors.find((issues) => !issues.some(isOther));
  if (meant) return meant.flatMap((issue) => findingsOf({ ...issue, path: [...path, ...issue.path] }, data));
  const forms = errors.flatMap((issues) =>
    issues.flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : [])),
  );
  const message = `${last(path)} must be ${forms.map(article).join(' or ')}, not ${kindOf(valueAt(data, path))}.`;
  return [{ path, code: 'wrong_type', message }];
}

const missing = (path: Path): Finding => ({
  path: path.slice(0, -1),
  code: 'missing_key',
  message: `${capital(whatHas(path.slice(0, -1)))} needs the key \`${String(path.at(-1))}\`.`,
});

function oneOf(path: Path, value: unknown, allowed: readonly unknown[]): string {
  const words = allowed.map(String);
  const said =
    words.length === 1 ? `must be \`${words[0]}\`` : `must be one of ${words.map((word) => `\`${word}\``).join(', ')}`;
  return `${last(path)} ${said}, not ${kindOf(value)}.${typeof value === 'string' ? didYouMean(value, words) : ''}`;
}

/** "a step", for the path of a step. */
function whatHas(path: Path): string {
  const words = path.filter((step) => typeof step === 'string');
  const names: Readonly<Record<string, string>> = {
    steps: 'a step',
    triggers: 'a trigger',
    verify: 'a verify',
    rollback: 'a rollback',
    parallel: 'a step of `parallel`',
    on_failure: 'a step of `on_failure`',
    on_cancel: 'a step of `on_cancel`',
    finally: 'a step of `finally`',
  };
  const word = words.at(-1);
  if (word === undefined) return 'a playbook';
  return words.length === 2 && words[0] === 'inputs' ? 'an input' : (own(names, word) ?? `\`${word}\``);
}

/** The keys that may stand at a path, from the declaration itself. */
function keysAt(path: Path): readonly string[] {
  let schema: unknown = PlaybookShape;
  for (const step of path) schema = below(bare(schema), step);
  const { shape, options } = (bare(schema) ?? {}) as Parts;
  const shapes = options ? options.map((option) => (bare(option) as Parts).shape ?? {}) : [shape ?? {}];
  return shapes.flatMap((keys) => Object.keys(keys));
}

type Parts = {
  readonly shape?: Record<string, unknown>;
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly options?: readonly unknown[];
};

const below = (schema: unknown, step: string | number): unknown => {
  const { shape, element, valueType, options } = (schema ?? {}) as Parts;
  if (options) return options.map((option) => below(bare(option), step)).find((found) => found !== undefined);
  return typeof step === 'number' ? element : (shape?.[step] ?? valueType);
};

/** Without what stands around it: `optional`, `default`, `prefault`. */
function bare(schema: unknown): unknown {
  const inner = (schema as { readonly def?: { readonly innerType?: unknown } } | undefined)?.def?.innerType;
  return inner === undefined ? schema : bare(inner);
}

const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    data,
  );

const last = (path: Path): string => {
  const key = path.at(-1);
  return key === undefined ? 'A playbook' : typeof key === 'number' ? 'This entry' : `\`${key}\``;
};

type Bound = 'at least' | 'at most';

function extent({ origin }: { readonly origin: string }, bound: Bound, limit: number | bigint): string {
  if (origin === 'array') return `have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `have ${bound} ${limit} ${limit === 1 ? 'letter' : 'letters'}`;
  return `be ${bound} ${limit}`;
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
