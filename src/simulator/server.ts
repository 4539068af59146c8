/** The simulator's HTTP server: the Web API, uploads, response URLs, the control API, and Socket Mode's upgrade. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Answer, answer, rateLimited } from './api.ts';
import { parseObject, readBody, readFields, readUpload } from './body.ts';
import { control } from './control/index.ts';
import { type Exchange, sendJson, sendText } from './exchange.ts';
import type { Fault } from './faults.ts';
import type { Json } from './refusal.ts';
import { respond } from './respond.ts';
import { fileLink, page, pageFile } from './site.ts';
import { objectionToVisitor } from './visitors.ts';
import type { World } from './world.ts';

type Route = readonly [prefix: string, handle: (exchange: Exchange) => Promise<void>];

const ROUTES: readonly Route[] = [
  ['/api/', webApi],
  ['/upload/v1/', upload],
  ['/response/', responseUrl],
  ['/_control/', forVisitors(control)],
  ['/page/', forVisitors(pageFile)],
  ['/archives/', forVisitors(page)],
  ['/files/', forVisitors(fileLink)],
];

const FRONT: Route = ['/', forVisitors(page)];

export function createHttpServer(world: World): Server {
  const server = createServer((request, response) => {
    handle(world, request, response).catch((error: unknown) => {
      sendJson(response, { status: 500, body: { ok: false, error: 'fatal_error', detail: String(error) } });
    });
  });
  server.on('upgrade', (request, socket, head) => world.sockets.upgrade(request, socket, head));
  return server;
}

async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = url.pathname === '/' ? FRONT : ROUTES.find(([prefix]) => url.pathname.startsWith(prefix));
  if (!route) return sendText(response, 404, 'This is a Slack simulator, not Slack. Nothing is here.\n');
  const [prefix, run] = route;
  const rest = decodeURIComponent(url.pathname.slice(prefix.length));
  await run({ world, request, response, url, rest, body: await readBody(request) });
  if (request.method !== 'GET') world.changes.tell();
}

function forVisitors(run: Route[1]): Route[1] {
  return async (exchange) => {
    const isPage = !exchange.url.pathname.startsWith('/_control/');
    const objection = objectionToVisitor(exchange.request, isPage);
    if (objection) return sendText(exchange.response, 403, `${objection}\n`);
    await run(exchange);
  };
}

async function webApi({ world, request, response, rest: method, body }: Exchange): Promise<void> {
  const given = await readFields(request, body);
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ?? (typeof given.token === 'string' ? given.token : undefined);
  await guarded({ world, response, method, given }, () => answer(world, { method, token, given }));
}

async function upload({ world, request, response, rest: id, body }: Exchange): Promise<void> {
  await guarded({ world, response, method: 'upload', given: { id } }, async () => {
    const open = world.uploads.get(id);
    if (!open) return { status: 404, body: { ok: false, error: 'file_not_found' } };
    open.bytes = await readUpload(request, body);
    return { status: 200, body: { ok: true, text: `OK - ${open.bytes.length}` } };
  });
}

async function responseUrl({ world, response, rest: key, body }: Exchange): Promise<void> {
  const given = parseObject(body);
  await guarded({ world, response, method: 'response_url', given }, () => respond(world, key, given));
}

interface Guarded {
  world: World;
  response: ServerResponse;
  method: string;
  given: Json;
}

/** Puts the fault switchboard before the work and the log after it. */
async function guarded(
  { world, response, method, given }: Guarded,
  work: () => Answer | Promise<Answer>,
): Promise<void> {
  const at = world.clock.now();
  const fault = world.faults.strike(method);
  const answered = await faulty(world, fault, work);
  const { token: _token, ...args } = given;
  const { status = 0, body = {} } = answered ?? {};
  const error = typeof body.error === 'string' ? body.error : fault?.kind;
  const ok = body.ok === true;
  const ms = world.clock.now() - at;
  world.ledger.write({ at, method, args, status, ok, error: ok ? undefined : error, ms }, answered?.provoked === true);
  if (fault?.kind === 'dropped_answer') return void response.socket?.destroy();
  if (!answered) return;
  // Slack's upload host answers in plain text.
  if (method === 'upload' && ok) return sendText(response, status, String(body.text));
  sendJson(response, answered);
}

/** Undefined: the caller never hears anything. */
async function faulty(
  world: World,
  fault: Fault | undefined,
  work: () => Answer | Promise<Answer>,
): Promise<Answer | undefined> {
  if (fault?.kind === 'rate_limited') return rateLimited(fault.retryAfter);
  if (fault?.kind === 'http_error') return { status: fault.status, body: { ok: false, error: 'http_error' } };
  if (fault?.kind === 'error') return { status: 200, body: { ok: false, error: fault.error } };
  if (fault?.kind === 'no_answer') return undefined;
  if (fault?.kind === 'slow') await new Promise<void>((resolve) => void world.clock.after(fault.delayMs, resolve));
  return work();
}
