/** The fault switchboard: what shall go wrong with the next calls, and how often. */
import type { Json } from './refusal.ts';

export const FAULT_KINDS = ['rate_limited', 'http_error', 'dropped_answer', 'slow', 'no_answer', 'error'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  /** A method's name, `upload`, `response_url`, or `*`. */
  method: string;
  timesLeft: number;
  /** It ends by itself then, in the workspace's time. */
  untilMs?: number | undefined;
  status: number;
  retryAfter: number;
  delayMs: number;
  error: string;
}

export interface Faults {
  add(wanted: Json): Fault;
  /** The fault that strikes this call, if one does; it is spent by that. */
  strike(method: string): Fault | undefined;
  list(): readonly Fault[];
  clear(): void;
}

export function faults(now: () => number): Faults {
  let open: Fault[] = [];
  const current = () => {
    open = open.filter(({ untilMs }) => untilMs === undefined || untilMs > now());
    return open;
  };
  return {
    add: (wanted) => {
      const fault = readFault(wanted, now());
      open.push(fault);
      return fault;
    },
    strike: (method) => {
      const fault = current().find((one) => one.method === '*' || one.method === method);
      if (!fault) return undefined;
      fault.timesLeft -= 1;
      open = open.filter((one) => one.timesLeft > 0);
      return fault;
    },
    list: current,
    clear: () => {
      open = [];
    },
  };
}

/** `times` and `forMs` say how long it stays; once, unless told. */
function readFault(wanted: Json, nowMs: number): Fault {
  const kind = FAULT_KINDS.find((one) => one === wanted.kind);
  if (!kind) throw new Error(`Unknown kind of fault: ${String(wanted.kind)}. Known: ${FAULT_KINDS.join(', ')}.`);
  return {
    kind,
    method: String(wanted.method ?? '*'),
    timesLeft: Number(wanted.times ?? (wanted.forMs === undefined ? 1 : Number.MAX_SAFE_INTEGER)),
    ...(wanted.forMs === undefined ? {} : { untilMs: nowMs + Number(wanted.forMs) }),
    status: Number(wanted.status ?? 503),
    retryAfter: Number(wanted.retryAfter ?? 1),
    delayMs: Number(wanted.delayMs ?? 1000),
    error: String(wanted.error ?? 'internal_error'),
  };
}
