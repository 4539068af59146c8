/** The log of Socket Mode: what was sent to the app, and how long it took to acknowledge. */
import type { EnvelopeType } from './frames.ts';
import { isJson, type Json } from './refusal.ts';

const LONGEST_LOG = 1_000;

export interface EnvelopeEntry {
  n: number;
  /** Grows with every change of the entry: only the newer can be asked for. */
  revision: number;
  at: number;
  type: EnvelopeType;
  /** What a reader calls it: the command, the button, the event. */
  what: string;
  payload: Json;
  attempt: number;
  state: 'waiting' | 'acked' | 'failed';
  ms?: number;
  error?: string | undefined;
}

export interface EnvelopeLog {
  /** Hands back what to do with the delivery once it is known. */
  sent(sent: Pick<EnvelopeEntry, 'type' | 'payload' | 'attempt'>): <D extends Outcome>(delivery: D) => D;
  log(since?: number): EnvelopeEntry[];
  reset(): void;
}

interface Outcome {
  acked: boolean;
  error?: string;
}

export function envelopeLog({ now, onChange }: { now(): number; onChange(): void }): EnvelopeLog {
  let entries: EnvelopeEntry[] = [];
  let written = 0;
  let revision = 0;
  return {
    sent: (sent) => {
      written += 1;
      revision += 1;
      const entry: EnvelopeEntry = {
        n: written,
        revision,
        at: now(),
        ...sent,
        what: nameOf(sent.payload),
        state: 'waiting',
      };
      entries = [...entries.slice(-LONGEST_LOG), entry];
      onChange();
      return (delivery) => {
        entry.state = delivery.acked ? 'acked' : 'failed';
        entry.ms = now() - entry.at;
        entry.error = delivery.error;
        revision += 1;
        entry.revision = revision;
        onChange();
        return delivery;
      };
    },
    log: (since = 0) => entries.filter((entry) => entry.revision > since),
    reset: () => {
      entries = [];
    },
  };
}

function nameOf({ command, text, type, event, actions, view }: Json): string {
  if (command) return `${command} ${text ?? ''}`.trim();
  if (isJson(event)) return String(event.type);
  const [action] = Array.isArray(actions) ? actions : [];
  if (isJson(action)) return `${type}: ${action.action_id}`;
  return isJson(view) ? `${type}: ${view.callback_id}` : String(type);
}
