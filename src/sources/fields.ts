/** Reads fields of a webhook's JSON by hand (a schema library costs more than the parsing), with their path where they are wrong. */
import type { Labels } from '../domain/alert.ts';
import { BadWebhook } from '../domain/failures.ts';

export type JsonMap = Readonly<Record<string, unknown>>;

const maxText = 8_000;
const maxLabels = 64;

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new BadWebhook('', `is not JSON: ${error instanceof Error ? cut(error.message, 200) : 'it cannot be read'}`);
  }
}

export function asMap(value: unknown, path: string): JsonMap {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonMap;
  throw new BadWebhook(path, `should be an object, and is ${nameOf(value)}`);
}

export function asList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new BadWebhook(path, `should be a list, and is ${nameOf(value)}`);
}

/** Too long is cut, not refused: Alertmanager does not send again what was answered with a 4xx. */
export function asText(value: unknown, path: string): string {
  if (typeof value === 'string') return cut(value, maxText);
  throw new BadWebhook(path, `should be text, and is ${nameOf(value)}`);
}

/** '' where it is left out. */
export const optionalText = (value: unknown, path: string): string =>
  value === undefined || value === null ? '' : asText(value, path);

/** Milliseconds; 0 for Go's zero time, which stands for "not yet". */
export function asInstant(value: unknown, path: string): number {
  const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms))
    throw new BadWebhook(path, `should be a time like 2026-11-22T15:35:33.832Z, and is ${nameOf(value)}`);
  return Math.max(0, ms);
}

/** The first 64, in a plain object of their own; `__proto__` is no label. */
export function asLabels(value: unknown, path: string): Labels {
  const labels: Record<string, string> = {};
  let count = 0;
  const map = asMap(value, path);
  for (const name in map) {
    if (name === '__proto__' || !Object.hasOwn(map, name)) continue;
    if (++count > maxLabels) break;
    const text = map[name];
    // The path is built only where it is needed: a storm has a hundred thousand labels.
    labels[cut(name, 200)] =
      typeof text === 'string' && text.length <= 200 ? text : asText(text, `${path}.${cut(name, 100)}`);
  }
  return labels;
}

/** Never between the two halves of a character. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = isHighSurrogate(text.charCodeAt(length - 1)) ? length - 1 : length;
  return text.slice(0, end);
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

function nameOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object'
    ? 'an object'
    : typeof value === 'string'
      ? JSON.stringify(cut(value, 60))
      : String(value);
}
