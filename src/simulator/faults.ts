/** The fault switchboard: what shall go wrong with the next calls, and how often. */
import type { Json } from './refusal.ts';

export const FAULT_KINDS = ['rate_limited', 'http_error', 'dropped_answer', 'slow', 'no_answer', 'error'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  /** A method's name, `upload`, `response_url`, or `*`. */
  method: string;
  timesLeft: number;
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

export function faults(): Faults {
  let open: Fault[] = [];
  return {
    add: (wanted) => {
      const fault = readFault(wanted);
      open.push(fault);
      return fault;
    },
    strike: (method) => {
      const fault = open.find((one) => one.method === '*' || one.method === method);
      if (!fault) return undefined;
      fault.timesLeft -= 1;
      open = open.filter((one) => one.timesLeft > 0);
      return fault;
    },
    list: () => open,
    clear: () => {
      open = [];
    },
  };
}

function readFault(wanted: Json): Fault {
  const kind = FAULT_KINDS.find((one) => one === wanted.kind);
  if (!kind) throw new Error(`Unknown kind of fault: ${String(wanted.kind)}. Known: ${FAULT_KINDS.join(', ')}.`);
  return {
    kind,
    method: String(wanted.method ?? '*'),
    timesLeft: Number(wanted.times ?? 1),
    status: Number(wanted.status ?? 503),
    retryAfter: Number(wanted.retryAfter ?? 1),
    delayMs: Number(wanted.delayMs ?? 1000),
    error: String(wanted.error ?? 'internal_error'),
  };
}
