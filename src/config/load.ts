/** Reads `tocsin.yml` with the environment into one `Config`, or says everything that is wrong with it. */
import { dirname } from 'node:path';
import type { z } from 'zod';
import { nearest } from '../domain/nearest.ts';
import { unreadableCalendars } from './check-guards.ts';
import { findings } from './checks.ts';
import { type Config, toConfig } from './config.ts';
import { type ConfigDocument, type Path, readDocument } from './document.ts';
import type { Environment } from './environment.ts';
import type { Finding } from './finding.ts';
import { fill, placeholderOf } from './placeholders.ts';
import { ConfigProblems, type Problem } from './problems.ts';
import { TocsinYml } from './schema.ts';

export interface LoadOptions {
  readonly env: Environment;
  readonly file: string;
  /** By dotted path, stronger than the file: `{'http.port': '0'}`. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** Throws `ConfigProblems`. */
export function loadConfig({ env, file, overrides = {} }: LoadOptions): Config {
  const document = readDocument(file);
  const written = withOverrides(asMap(document.tree), overrides);
  const filled = fill(withSlackTokens(written, hearsPeople(written, env)), env, document.where);
  const parsed = TocsinYml.safeParse(filled.tree);
  const place = placeOf(document, overrides);
  const fromOutside = new Set([...filled.fromEnvironment, ...Object.keys(overrides)]);
  const found = parsed.success
    ? [...findings(parsed.data, fromOutside), ...unreadableCalendars(parsed.data, dirname(file))]
    : parsed.error.issues.flatMap(toFindings(filled.tree));
  const problems = [
    ...filled.problems,
    ...found.filter(({ path }) => !isSaid(path, filled.failed)).map(toProblem(place)),
  ];
  if (problems.length || !parsed.success) throw new ConfigProblems(problems);
  return toConfig(parsed.data, file, env);
}

/** What follows from a value that could not be had is no problem of its own. */
function isSaid(path: Path, failed: ReadonlySet<string>): boolean {
  const name = path.join('.');
  return [...failed].some((missing) => missing === name || missing.startsWith(`${name}.`));
}

interface Placed extends Finding {
  /** The key that is wrong, where it is not the value. */
  readonly key?: string;
}

type Place = (path: Path, key?: string) => string;

const placeOf =
  (document: ConfigDocument, overrides: object): Place =>
  (path, key) =>
    Object.hasOwn(overrides, path.join('.')) ? optionFor(path.join('.')) : document.where(path, key);

const options: Readonly<Record<string, string>> = { 'process.roles': '--role', 'process.pools': '--pool' };

const optionFor = (key: string): string => options[key] ?? `--set ${key}`;

const toProblem =
  (place: Place) =>
  ({ path, key, code, message }: Placed): Problem => ({ where: place(path, key), code, message });

/** A key without a value is as if it were not written. */
const asMap = (tree: unknown): Record<string, unknown> =>
  tree !== null && typeof tree === 'object' && !Array.isArray(tree)
    ? Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== null))
    : {};

/** So that a small file need not name them. Which one is needed beside the bot token depends on the mode and on what the process does. */
function withSlackTokens(tree: Record<string, unknown>, hears: boolean): Record<string, unknown> {
  const slack = asMap(tree.slack);
  const { mode = 'socket' } = slack;
  const neededBy = (wanted: string) => (hears && mode === wanted ? undefined : '');
  const tokens = {
    bot_token: placeholderOf('TOCSIN_SLACK_BOT_TOKEN'),
    app_token: placeholderOf('TOCSIN_SLACK_APP_TOKEN', neededBy('socket')),
    signing_secret: placeholderOf('TOCSIN_SLACK_SIGNING_SECRET', neededBy('http')),
  };
  return { ...tree, slack: { ...tokens, ...slack } };
}

/** What people say in Slack is heard by gateways only. */
function hearsPeople(tree: Record<string, unknown>, env: Environment): boolean {
  const { roles } = fill({ roles: asMap(tree.process).roles }, env, () => '').tree as { readonly roles?: unknown };
  return roles === undefined || String(roles).includes('gateway');
}

function withOverrides(tree: Record<string, unknown>, overrides: object): Record<string, unknown> {
  return Object.entries(overrides).reduce((map, [path, value]) => withValue(map, path.split('.'), value), tree);
}

function withValue(
  tree: Record<string, unknown>,
  [head = '', ...rest]: string[],
  value: unknown,
): Record<string, unknown> {
  return { ...tree, [head]: rest.length ? withValue(asMap(tree[head]), rest, value) : value };
}

const toFindings =
  (tree: unknown) =>
  (issue: z.core.$ZodIssue): Placed[] => {
    const path = issue.path;
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
    const isMissing = issue.code === 'invalid_type' && valueAt(tree, path) === undefined;
    if (isMissing) return [{ path, code: 'missing', message: `\`${path.join('.')}\` is missing. Add it.` }];
    return [{ path, code: 'bad_value', message: `\`${path.join('.')}\`: ${issue.message}` }];
  };

function unknownKey(path: Path, key: string): Placed {
  const keys = keysAt(TocsinYml, path);
  const meant = nearest(key, keys);
  const hint = meant ? `Did you mean \`${meant}\`?` : `Known here: ${keys.join(', ')}.`;
  return {
    path,
    key,
    code: 'unknown_key',
    message: `\`${key}\` is not a key ${path.length ? `of \`${path.join('.')}\`` : 'of tocsin.yml'}. ${hint}`,
  };
}

const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], tree);

/** Which keys the schema has at a path. */
function keysAt(schema: unknown, path: Path): string[] {
  const inner = unwrapped(schema);
  const [head, ...rest] = path;
  if (head === undefined) return Object.keys(inner.shape ?? {});
  return keysAt(inner.shape?.[String(head)] ?? inner.valueType ?? inner.element, rest);
}

interface SchemaParts {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly valueType?: unknown;
  readonly element?: unknown;
}

/** What is inside of defaults, preprocessing and options. */
function unwrapped(schema: unknown): SchemaParts {
  const def = (schema as { def?: { innerType?: unknown; type?: string; out?: unknown; in?: unknown } } | undefined)
    ?.def;
  if (def?.innerType) return unwrapped(def.innerType);
  if (def?.type === 'pipe')
    return unwrapped((def.in as { def?: { type?: string } }).def?.type === 'transform' ? def.out : def.in);
  return (schema ?? {}) as SchemaParts;
}
