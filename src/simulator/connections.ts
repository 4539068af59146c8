/** The app's WebSocket connections: one-use tickets, hello, at most ten, pings, goodbyes. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { disconnect, hello } from './frames.ts';
import type { App } from './manifest.ts';
import type { Json } from './refusal.ts';

/** Slack: "up to 10 concurrent connections". */
const MOST_SOCKETS = 10;
const PING_EVERY_MS = 10_000;
const GOODBYE_MS = 500;

export interface Connections {
  /** A one-use address for the app to connect to. */
  ticket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connected(): number;
  /** To the next socket in turn: apps must not count on a pattern. False when there is none. */
  sendToOne(frame: Json): boolean;
  disconnect(reason: string): void;
  /** A close frame, without a warning before it. */
  hangUp(): void;
  drop(): void;
  /** From now on the TCP connection outlives the close frames, as it does at Slack at times. */
  lingerAfterClose(on: boolean): void;
  close(): Promise<void>;
}

interface ConnectionOptions {
  app: App;
  baseUrl(): string;
  onFrame(frame: string): void;
  /** A socket came or went. */
  onChange(): void;
}

export function connections({ app, baseUrl, onFrame, onChange }: ConnectionOptions): Connections {
  const tickets = new Set<string>();
  const server = new WebSocketServer({ noServer: true });
  const all: WebSocket[] = [];
  let lingers = false;
  const open = () => all.filter(({ readyState }) => readyState === WebSocket.OPEN);
  const greet = (socket: WebSocket) => {
    const objection = objectionTo(app, open().length);
    if (objection) return turnAway(socket, objection);
    all.push(socket);
    attend(socket, onFrame);
    socket.on('close', () => {
      all.splice(all.indexOf(socket), 1);
      onChange();
    });
    onChange();
    send(socket, hello(open().length, app));
  };
  return {
    ticket: () => {
      const ticket = randomBytes(16).toString('hex');
      tickets.add(ticket);
      return `${baseUrl().replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${app.id}`;
    },
    upgrade: (request, socket, head) => {
      if (!tickets.delete(ticketIn(request)))
        return void socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      mayLinger(socket, () => lingers);
      server.handleUpgrade(request, socket, head, greet);
    },
    connected: () => open().length,
    sendToOne: (frame) => {
      const [socket] = open();
      if (!socket) return false;
      all.push(...all.splice(all.indexOf(socket), 1));
      send(socket, frame);
      return true;
    },
    disconnect: (reason) => {
      for (const socket of open()) send(socket, disconnect(reason));
    },
    hangUp: () => {
      for (const socket of open()) socket.close(1000);
    },
    drop: () => {
      for (const socket of [...all]) socket.terminate();
    },
    lingerAfterClose: (on) => {
      lingers = on;
    },
    close: async () => {
      lingers = false;
      await Promise.all(all.map(sayGoodbye));
      server.close();
    },
  };
}

/** Ours is the side that closes TCP (RFC 6455, 7.1.1); whoever waits for that waits long. */
function mayLinger(tcp: Duplex, lingers: () => boolean): void {
  const end = tcp.end.bind(tcp);
  tcp.end = () => (lingers() ? tcp : end());
}

const send = (socket: WebSocket, frame: Json) => socket.send(JSON.stringify(frame));

const ticketIn = (request: IncomingMessage) =>
  new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';

function objectionTo(app: App, connected: number): string | undefined {
  if (!app.socketMode) return 'link_disabled';
  return connected >= MOST_SOCKETS ? 'too_many_websockets' : undefined;
}

function turnAway(socket: WebSocket, reason: string): void {
  send(socket, disconnect(reason));
  socket.close();
}

function attend(socket: WebSocket, onFrame: (frame: string) => void): void {
  // Transport, not workspace time: a client that saw one ping demands more, whatever a driven clock says.
  const pings = setInterval(() => socket.ping(), PING_EVERY_MS);
  socket.on('close', () => clearInterval(pings));
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => onFrame(String(data)));
}

/** Bolt's `stop` returns before its goodbye is answered; a socket cut in that moment would look like an outage. */
async function sayGoodbye(socket: WebSocket): Promise<void> {
  const deadline = setTimeout(() => socket.terminate(), GOODBYE_MS);
  const closed = once(socket, 'close');
  socket.close(1001);
  await closed;
  clearTimeout(deadline);
}
