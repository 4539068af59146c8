/** Anything at all as plain data that may be logged: bounded, without cycles, and of errors only what says something. */

const maxDepth = 6;
const maxItems = 100;
const maxText = 8_000;

/** Of pino's own keys and of words that announce a secret. */
const ownKeys = new Set(['level', 'time', 'msg', 'pid', 'hostname']);
const secretKey =
  /^(authorization|proxy-authorization|cookie|set-cookie|.*password|.*secret|.*_?token|.*api_?key|private_?key)$/i;

export function plain(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(entriesOf(fields, [fields]));
  return Object.fromEntries(entries.map(([key, value]) => [ownKeys.has(key) ? `${key}_` : key, value]));
}

type Seen = readonly object[];

function plainValue(value: unknown, seen: Seen): unknown {
  if (typeof value === 'string') return value.length > maxText ? `${value.slice(0, maxText)}…` : value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (seen.includes(value)) return '[the same again]';
  if (seen.length > maxDepth) return '[deeper]';
  return plainObject(value, [...seen, value]);
}

function plainObject(value: object, seen: Seen): unknown {
  if (value instanceof Error) return plainError(value, seen);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) return attempt(() => entriesOf(Object.fromEntries(value), seen)) ?? '[a Map]';
  if (Array.isArray(value) || value instanceof Set) return listOf([...value], seen);
  const json = attempt(() => (value as { toJSON?: () => unknown }).toJSON?.());
  return json === undefined ? entriesOf(value, seen) : plainValue(json, seen);
}

/** Errors of HTTP clients carry their whole request, `Authorization` included: only these are taken. */
function plainError(error: Error, seen: Seen): unknown {
  const { name, message, stack, cause } = error;
  const { code, status } = error as { code?: unknown; status?: unknown };
  const more = {
    code: shortly(code),
    status: shortly(status),
    cause: cause === undefined ? undefined : plainValue(cause, seen),
    stack: isFromOutside(error) ? undefined : plainValue(stack, seen),
  };
  const given = Object.entries(more).filter(([, value]) => value !== undefined);
  return { name, message: plainValue(message, seen), ...Object.fromEntries(given) };
}

/** A refused connection or a server's refusal is for the operator, whom our lines of code tell nothing. */
const isFromOutside = (error: Error): boolean =>
  error.name === 'ReplyError' || ('syscall' in error && typeof error.syscall === 'string');

const shortly = (value: unknown): unknown =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined;

const listOf = (items: readonly unknown[], seen: Seen): unknown[] => [
  ...items.slice(0, maxItems).map((item) => plainValue(item, seen)),
  ...(items.length > maxItems ? [`… ${items.length - maxItems} more`] : []),
];

function entriesOf(value: object, seen: Seen): Record<string, unknown> {
  const keys = attempt(() => Object.keys(value)) ?? [];
  const entries = keys.slice(0, maxItems).map((key) => {
    const inner = attempt(() => (value as Record<string, unknown>)[key]);
    return [key, secretKey.test(key) && typeof inner === 'string' ? '***' : plainValue(inner, seen)] as const;
  });
  return Object.fromEntries(entries);
}

/** Somebody's getter or `toJSON` may throw: a log line must not. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
