/** One Web API call from request to answer: faults, token, rate limit, scopes, arguments, then the method itself. */

import { listedKinds } from './methods/conversations.ts';
import { HANDLERS } from './methods/index.ts';
import { type Json, Refusal, refuse } from './refusal.ts';
import { readArgs } from './rules/args.ts';
import { errorsOf, METHODS, type MethodRow } from './rules/methods.ts';
import { type ChannelKind, findChannel } from './workspace.ts';
import type { World } from './world.ts';

export interface Request {
  method: string;
  token: string | undefined;
  given: Json;
}

export interface Answer {
  status: number;
  body: Json;
  headers?: Record<string, string>;
  /** The app ran into a limit by itself. */
  provoked?: boolean;
}

export function answer(world: World, request: Request): Answer {
  try {
    return call(world, request);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    mustBeDeclared(request.method, error.code);
    return { status: 200, body: { ok: false, error: error.code, ...error.extra } };
  }
}

/** The table says which errors a method has; an answer it does not list would be an invention. */
function mustBeDeclared(method: string, code: string): void {
  if (!METHODS[method] || errorsOf(method).includes(code)) return;
  throw new Error(`The simulator answers ${method} with ${code}, which its methods table does not list.`);
}

export const rateLimited = (retryAfter: number): Answer => ({
  status: 429,
  body: { ok: false, error: 'ratelimited' },
  headers: { 'retry-after': String(retryAfter) },
});

function call(world: World, request: Request): Answer {
  const { method, given } = request;
  const row = METHODS[method];
  const handler = HANDLERS[method];
  if (!row || !handler) throw refuse('unknown_method', { req_method: method });
  checkToken(world, row, request.token);
  const waitSeconds = world.limits.take(method, row.tier, placeOf(world, given));
  if (waitSeconds) return { ...rateLimited(waitSeconds), provoked: true };
  checkScopes(world, request, row);
  const body = handler({ world, args: readArgs(row, given) });
  const headers = { 'x-oauth-scopes': [...world.app.scopes].join(',') };
  return { status: 200, body: { ok: true, ...body }, headers };
}

/** A channel by its name and by its id is one channel. */
function placeOf({ workspace }: World, { channel }: Json): string {
  const wanted = String(channel ?? '');
  return findChannel(workspace, wanted)?.id ?? wanted;
}

function checkToken(world: World, row: MethodRow, token: string | undefined): void {
  const wanted = row.token ?? 'bot';
  if (!token) throw refuse('not_authed');
  if (token === world.tokens[wanted === 'bot' ? 'app' : 'bot']) throw refuse('not_allowed_token_type');
  if (token !== world.tokens[wanted]) throw refuse('invalid_auth');
}

function checkScopes(world: World, { method, given }: Request, { scopes }: MethodRow): void {
  if (!scopes) return;
  const provided = world.app.scopes;
  const wanted = Array.isArray(scopes)
    ? [scopes as readonly string[]]
    : kindsOf(world, method, given).map((kind) => (scopes as Record<ChannelKind, readonly string[]>)[kind]);
  const lacking = wanted.find((anyOf) => !anyOf.some((scope) => provided.has(scope)));
  if (lacking) throw refuse('missing_scope', { needed: lacking.join(','), provided: [...provided].join(',') });
}

/** Which kinds of conversation a call is about: each has scopes of its own. */
function kindsOf(world: World, method: string, given: Json): ChannelKind[] {
  if (method === 'conversations.create') return [String(given.is_private) === 'true' ? 'private' : 'public'];
  if (method === 'conversations.list') return listedKinds(String(given.types ?? ''));
  const users = String(given.users ?? '');
  if (method === 'conversations.open' && users) return [users.includes(',') ? 'mpim' : 'im'];
  const channel = findChannel(world.workspace, String(given.channel ?? ''));
  return [channel?.kind ?? 'public'];
}
