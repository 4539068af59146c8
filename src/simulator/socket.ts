/** Deliveries: each payload to exactly one socket, or to the request URL; its acknowledgement or the lack of one, redelivery of events. */
import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import { type Connections, connections } from './connections.ts';
import type { EnvelopeLog } from './envelopes.ts';
import { type EnvelopeType, envelope, parseFrame } from './frames.ts';
import type { HttpDelivery, HttpError } from './http-delivery.ts';
import type { App } from './manifest.ts';
import type { Json } from './refusal.ts';

const ACK_DEADLINE_MS = 3_000;
/** Slack repeats an event nearly at once, after a minute and after five. */
const REDELIVERY_DELAYS_MS = [0, 60_000, 300_000];

export interface Delivery {
  acked: boolean;
  payload?: unknown;
  error?: HttpError;
}

export interface Sockets extends Omit<Connections, 'sendToOne'> {
  deliver(type: EnvelopeType, payload: Json): Promise<Delivery>;
  duplicateEnvelopes(on: boolean): void;
}

interface Again {
  attempt?: number;
  why?: string | undefined;
}

interface SocketOptions {
  clock: Clock;
  app: App;
  /** Where Socket Mode is off in the manifest. */
  http: HttpDelivery;
  envelopes: EnvelopeLog;
  baseUrl(): string;
  onChange(): void;
}

export function sockets({ clock, app, http, envelopes, baseUrl, onChange }: SocketOptions): Sockets {
  const waiting = new Map<string, (payload: unknown) => void>();
  const timers = timersOn(clock);
  let copies = 1;
  const { sendToOne, ...others } = connections({
    app,
    baseUrl,
    onChange,
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
    const settle = envelopes.sent({ type, payload, attempt });
    if (!sendToOne(frame)) return settle<Delivery>({ acked: false, error: 'dispatch_failed' });
    for (let copy = 1; copy < copies; copy += 1) sendToOne(frame);
    const delivery = await acknowledged(id, () => {
      if (type === 'events_api') redeliver(payload, attempt);
    });
    return settle(delivery);
  };

  const post = async (type: EnvelopeType, payload: Json, { attempt = 0, why }: Again = {}): Promise<Delivery> => {
    const settle = envelopes.sent({ type, payload, attempt });
    const send = () => http.send({ type, payload, attempt, why });
    for (let copy = 1; copy < copies; copy += 1) void send();
    const { why: failed, isFinal, ...delivery } = await send();
    const delayMs = delivery.acked || isFinal || type !== 'events_api' ? undefined : REDELIVERY_DELAYS_MS[attempt];
    if (delayMs !== undefined)
      timers.later(delayMs, () => void post(type, payload, { attempt: attempt + 1, why: failed }));
    return settle(delivery);
  };

  const redeliver = (payload: Json, attempt: number) => {
    const delayMs = REDELIVERY_DELAYS_MS[attempt];
    if (delayMs !== undefined) timers.later(delayMs, () => void deliver('events_api', payload, attempt + 1));
  };

  return {
    ...others,
    deliver: (type, payload) => (app.socketMode ? deliver(type, payload) : post(type, payload)),
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
