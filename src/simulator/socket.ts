/** Socket Mode: one-use tickets, hello, envelopes to exactly one socket, acknowledgements, redelivery, disconnects. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from './clock.ts';
import type { App } from './manifest.ts';
import { isJson, type Json } from './refusal.ts';

/** Slack: "up to 10 concurrent connections". */
const MOST_SOCKETS = 10;
const ACK_DEADLINE_MS = 3_000;
/** Slack repeats an event nearly at once, after a minute and after five. */
const REDELIVERY_DELAYS_MS = [0, 60_000, 300_000];
const PING_EVERY_MS = 10_000;
const GOODBYE_MS = 500;

export type EnvelopeType = 'events_api' | 'slash_commands' | 'interactive';

export interface Delivery {
  acked: boolean;
  payload?: unknown;
  error?: 'dispatch_failed' | 'operation_timeout';
}

export interface Sockets {
  /** A one-use address for the app to connect to. */
  ticket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  deliver(type: EnvelopeType, payload: Json, attempt?: number): Promise<Delivery>;
  connected(): number;
  disconnect(reason: string): void;
  drop(): void;
  duplicateEnvelopes(on: boolean): void;
  close(): Promise<void>;
}

interface SocketOptions {
  clock: Clock;
  app: App;
  baseUrl(): string;
}

export function sockets({ clock, app, baseUrl }: SocketOptions): Sockets {
  const tickets = new Set<string>();
  const server = new WebSocketServer({ noServer: true });
  const open: WebSocket[] = [];
  const waiting = new Map<string, (payload: unknown) => void>();
  const timers = new Set<() => void>();
  let duplicates = false;

  const later = (delayMs: number, work: () => void) => {
    const cancel = clock.after(delayMs, () => {
      timers.delete(cancel);
      work();
    });
    timers.add(cancel);
    return () => {
      timers.delete(cancel);
      cancel();
    };
  };

  const greet = (socket: WebSocket) => {
    if (!app.socketMode) return refuseSocket(socket, 'link_disabled');
    if (open.length >= MOST_SOCKETS) return refuseSocket(socket, 'too_many_websockets');
    open.push(socket);
    // Transport, not workspace time: a client that saw one ping demands more, whatever the driven clock says.
    const pings = setInterval(() => socket.ping(), PING_EVERY_MS);
    socket.on('close', () => {
      clearInterval(pings);
      open.splice(open.indexOf(socket), 1);
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => onFrame(String(data)));
    send(socket, hello(open.length, app));
  };

  const onFrame = (frame: string) => {
    const parsed = parseFrame(frame);
    const id = String(parsed.envelope_id ?? '');
    waiting.get(id)?.(parsed.payload);
  };

  /** Takes the next socket in turn: apps must not count on a pattern. */
  const nextSocket = () => {
    const socket = open.shift();
    if (socket) open.push(socket);
    return socket;
  };

  const deliver = (type: EnvelopeType, payload: Json, attempt = 0): Promise<Delivery> => {
    const socket = nextSocket();
    if (!socket) return Promise.resolve({ acked: false, error: 'dispatch_failed' });
    const id = randomBytes(16).toString('hex');
    const frame = envelope({ id, type, payload, attempt });
    return new Promise((resolve) => {
      const cancel = later(ACK_DEADLINE_MS, () => {
        waiting.delete(id);
        resolve({ acked: false, error: 'operation_timeout' });
        if (type === 'events_api') redeliver(payload, attempt);
      });
      waiting.set(id, (answer) => {
        waiting.delete(id);
        cancel();
        resolve({ acked: true, payload: answer });
      });
      send(socket, frame);
      if (duplicates) send(nextSocket() ?? socket, frame);
    });
  };

  const redeliver = (payload: Json, attempt: number) => {
    const delayMs = REDELIVERY_DELAYS_MS[attempt];
    if (delayMs !== undefined) later(delayMs, () => void deliver('events_api', payload, attempt + 1));
  };

  return {
    ticket: () => {
      const ticket = randomBytes(16).toString('hex');
      tickets.add(ticket);
      return `${baseUrl().replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${app.id}`;
    },
    upgrade: (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, greet);
    },
    deliver,
    connected: () => open.length,
    disconnect: (reason) => {
      for (const socket of open) send(socket, { type: 'disconnect', reason, debug_info: { host: 'simulator' } });
    },
    drop: () => {
      for (const socket of [...open]) socket.terminate();
    },
    duplicateEnvelopes: (on) => {
      duplicates = on;
    },
    close: async () => {
      for (const cancel of timers) cancel();
      await Promise.all(open.map(sayGoodbye));
      server.close();
    },
  };
}

/** Bolt's `stop` returns before its goodbye is answered; a socket cut in that moment would look like an outage. */
async function sayGoodbye(socket: WebSocket): Promise<void> {
  const deadline = setTimeout(() => socket.terminate(), GOODBYE_MS);
  const closed = once(socket, 'close');
  socket.close(1001);
  await closed;
  clearTimeout(deadline);
}

const send = (socket: WebSocket, frame: Json) => socket.send(JSON.stringify(frame));

function refuseSocket(socket: WebSocket, reason: string): void {
  send(socket, { type: 'disconnect', reason, debug_info: { host: 'simulator' } });
  socket.close();
}

const hello = (connections: number, app: App): Json => ({
  type: 'hello',
  num_connections: connections,
  debug_info: {
    host: 'simulator',
    started: '2026-01-01 00:00:00.000',
    build_number: 1,
    approximate_connection_time: 18_060,
  },
  connection_info: { app_id: app.id },
});

interface Envelope {
  id: string;
  type: EnvelopeType;
  payload: Json;
  attempt: number;
}

const envelope = ({ id, type, payload, attempt }: Envelope): Json => ({
  envelope_id: id,
  type,
  payload,
  accepts_response_payload: type !== 'events_api',
  ...(type === 'events_api' ? { retry_attempt: attempt, retry_reason: attempt ? 'timeout' : '' } : {}),
});

function parseFrame(frame: string): Json {
  try {
    const value: unknown = JSON.parse(frame);
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}
