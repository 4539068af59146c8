/** Socket Mode: each payload to exactly one socket, its acknowledgement or the lack of one, redelivery of events. */
import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import { type Connections, connections } from './connections.ts';
import { type EnvelopeType, envelope, parseFrame } from './frames.ts';
import type { App } from './manifest.ts';
import type { Json } from './refusal.ts';

const ACK_DEADLINE_MS = 3_000;
/** Slack repeats an event nearly at once, after a minute and after five. */
const REDELIVERY_DELAYS_MS = [0, 60_000, 300_000];

export interface Delivery {
  acked: boolean;
  payload?: unknown;
  error?: 'dispatch_failed' | 'operation_timeout';
}

export interface Sockets extends Omit<Connections, 'sendToOne'> {
  deliver(type: EnvelopeType, payload: Json): Promise<Delivery>;
  duplicateEnvelopes(on: boolean): void;
}

interface SocketOptions {
  clock: Clock;
  app: App;
  baseUrl(): string;
}

export function sockets({ clock, app, baseUrl }: SocketOptions): Sockets {
  const waiting = new Map<string, (payload: unknown) => void>();
  const timers = timersOn(clock);
  let copies = 1;
  const { sendToOne, ...others } = connections({
    app,
    baseUrl,
    onFrame: (text) => {
      const frame = parseFrame(text);
      waiting.get(String(frame.envelope_id))?.(frame.payload);
    },
  });

  const acknowledged = (id: string, onSilence: () => void) =>
    new Promise<Delivery>((resolve) => {
      const cancel = timers.later(ACK_DEADLINE_MS, () => {
        waiting.delete(id);
        resolve({ acked: false, error: 'operation_timeout' });
        onSilence();
      });
      waiting.set(id, (payload) => {
        waiting.delete(id);
        cancel();
        resolve({ acked: true, payload });
      });
    });

  const deliver = async (type: EnvelopeType, payload: Json, attempt = 0): Promise<Delivery> => {
    const id = randomBytes(16).toString('hex');
    const frame = envelope({ id, type, payload, attempt });
    if (!sendToOne(frame)) return { acked: false, error: 'dispatch_failed' };
    for (let copy = 1; copy < copies; copy += 1) sendToOne(frame);
    return acknowledged(id, () => {
      if (type === 'events_api') redeliver(payload, attempt);
    });
  };

  const redeliver = (payload: Json, attempt: number) => {
    const delayMs = REDELIVERY_DELAYS_MS[attempt];
    if (delayMs !== undefined) timers.later(delayMs, () => void deliver('events_api', payload, attempt + 1));
  };

  return {
    ...others,
    deliver: (type, payload) => deliver(type, payload),
    duplicateEnvelopes: (on) => {
      copies = on ? 2 : 1;
    },
    close: async () => {
      timers.cancelAll();
      await others.close();
    },
  };
}

/** Timers that all end together with the simulator. */
function timersOn(clock: Clock) {
  const running = new Set<() => void>();
  const later = (delayMs: number, work: () => void) => {
    const stop = () => {
      running.delete(stop);
      cancel();
    };
    const cancel = clock.after(delayMs, () => {
      running.delete(stop);
      work();
    });
    running.add(stop);
    return stop;
  };
  return {
    later,
    cancelAll: () => {
      for (const stop of [...running]) stop();
    },
  };
}
