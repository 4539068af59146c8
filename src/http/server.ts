/** The door: webhooks in, health and metrics out, on Node's own server. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Answer, json, text } from './answer.ts';
import type { Door, HttpOptions, Limits } from './door.ts';
import { readiness } from './health.ts';
import { explainListenError } from './listen.ts';
import { receivePost } from './post.ts';
import { receiveWebhook } from './webhook.ts';

// Alertmanager: 10,000 alerts in one body are 9.7 MB. It waits as long as its `group_interval` for an answer that does
// not come, but tries again at once after a 503.
const defaults: Limits = { bodyBytes: 32 * 1024 * 1024, requestMs: 20_000, deliverMs: 2_500, checkMs: 2_000 };

export interface Http {
  /** The address it listens on: `http://127.0.0.1:8080`. Port 0 takes any free one. */
  listen(port: number, host: string): Promise<string>;
  /** Takes nothing new and lets what runs finish, `graceMs` at most. */
  close(graceMs?: number): Promise<void>;
}

export function createHttp(options: HttpOptions): Http {
  const door: Door = { ...options, limits: { ...defaults, ...options.limits } };
  countFromZero(door);
  const server = createServer(serverOptions(door.limits), (request, response) => {
    answerTo(door, request)
      .catch((error: unknown) => unexpected(door, error))
      .then((answer) => send(response, answer))
      .catch((error: unknown) => door.telemetry.log.warn('an answer could not be sent', { error }));
  });
  server.on('clientError', refuseBroken);
  return { listen: (port, host) => listen(server, port, host), close: (graceMs = 5_000) => close(server, graceMs) };
}

/** Prometheus sees no increase in a counter that begins with 1. */
function countFromZero({ sources, telemetry: { metrics } }: Door): void {
  for (const source of Object.keys(sources))
    for (const outcome of ['accepted', 'refused', 'bad', 'not_stored'])
      metrics.count('webhooks_total', { source, outcome }, 0);
}

const serverOptions = ({ requestMs }: Limits) => ({
  requestTimeout: requestMs,
  headersTimeout: Math.min(requestMs, 10_000),
  // Node looks for requests that take too long only every 30 s by itself.
  connectionsCheckingInterval: Math.min(1_000, requestMs),
});

async function answerTo(door: Door, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const [, first = '', name = ''] = /^\/([\w-]+)(?:\/([^/]+))?\/?$/.exec(path) ?? [];
  if (first === 'webhooks' && name) return receiveWebhook(door, request, name);
  const post = door.posts && Object.hasOwn(door.posts, path) ? door.posts[path] : undefined;
  if (post) return receivePost(request, post);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return json(405, { error: 'Only GET here.' }, { allow: 'GET' });
  if (path === '/healthz') return json(200, { status: 'alive' });
  if (path === '/readyz') return readiness(door.checks, door.limits.checkMs);
  if (path === '/metrics') return text(200, await door.exposition(), 'text/plain; version=0.0.4; charset=utf-8');
  return json(404, { error: `There is nothing at ${path.slice(0, 200)}.`, here: places(door) });
}

const places = ({ sources, posts = {} }: Door): string[] => [
  ...Object.keys(sources).map((name) => `POST /webhooks/${name}`),
  ...Object.keys(posts).map((path) => `POST ${path}`),
  ...['GET /healthz', 'GET /readyz', 'GET /metrics'],
];

function unexpected({ telemetry }: Door, error: unknown): Answer {
  telemetry.log.error('a request could not be answered', { error });
  // 503, since Alertmanager tries again after any 5xx, and this may well pass.
  return json(503, { error: 'Something went wrong here. The log says what.' }, { 'retry-after': '1' });
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/** A request that is none, or that never ended: 503 for the latter, since nobody tries again after Node's own 408. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || socket.destroyed) return void socket.destroy();
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '503 Service Unavailable' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, port, host)));
    server.listen(port, host, () => {
      const { address, family, port: actual } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`);
    });
  });
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
