/** Reads a call's arguments by the methods table: unknown, missing and ill-typed ones are refused by name. */
import { isJson, type Json, problems, refuse } from '../refusal.ts';
import type { ArgType, MethodRow } from './methods.ts';

export interface ArgSpec {
  name: string;
  required: boolean;
  type: ArgType;
}

export interface Args {
  has(name: string): boolean;
  text(name: string): string;
  flag(name: string): boolean;
  count(name: string, otherwise: number): number;
  /** A JSON argument; `code` is what Slack answers when it cannot be parsed. */
  json(name: string, code: string): unknown;
}

export const argSpecs = (row: MethodRow): ArgSpec[] => row.args.split(' ').filter(Boolean).map(argSpec);

function argSpec(word: string): ArgSpec {
  const [head = '', type = 'string'] = word.split(':');
  return { name: head.replace('!', ''), required: head.endsWith('!'), type: type as ArgType };
}

export function readArgs(row: MethodRow, given: Json): Args {
  const found = argProblems(argSpecs(row), given);
  if (found.length) throw problems('invalid_arguments', found);
  return argsOf(given);
}

/** Any method takes these in its body: Bolt hands listeners a client that sends the team with every call. */
const GENERAL = ['token', 'team_id'];

function argProblems(specs: ArgSpec[], given: Json): string[] {
  const known = new Map(specs.map((spec) => [spec.name, spec]));
  const unknown = Object.keys(given).filter((name) => !GENERAL.includes(name) && !known.has(name));
  const missing = specs.filter(({ name, required }) => required && given[name] === undefined);
  const wrong = specs.filter(({ name, type }) => given[name] !== undefined && !fits(given[name], type));
  return [
    ...unknown.map((name) => `unknown argument: ${name}`),
    ...missing.map(({ name }) => `missing required field: ${name}`),
    ...wrong.map(({ name, type }) => `must provide a ${type} [json-pointer:/${name}]`),
  ];
}

function fits(value: unknown, type: ArgType): boolean {
  if (type === 'json') return true;
  if (type === 'boolean') return ['true', 'false', '1', '0'].includes(String(value));
  if (type === 'number') return value !== '' && Number.isFinite(Number(value));
  // A JSON body may carry a list where a form carries commas (`users`).
  return typeof value === 'string' || typeof value === 'number' || Array.isArray(value);
}

function argsOf(given: Json): Args {
  return {
    has: (name) => given[name] !== undefined,
    text: (name) => String(given[name] ?? ''),
    flag: (name) => ['true', '1'].includes(String(given[name])),
    count: (name, otherwise) => (given[name] === undefined ? otherwise : Number(given[name])),
    json: (name, code) => parsed(given[name], code),
  };
}

function parsed(value: unknown, code: string): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw refuse(code);
  }
}

export function jsonList(value: unknown, code: string): Json[] {
  if (!Array.isArray(value) || !value.every(isJson)) throw refuse(code);
  return value;
}
