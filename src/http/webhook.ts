/** One webhook: authenticated, read, parsed, stored, answered. */
import type { IncomingMessage } from 'node:http';
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { AlertGroup } from '../domain/alert.ts';
import { BadWebhook, StoreDown } from '../domain/failures.ts';
import type { AlertSource } from '../engine/ports.ts';
import { type Answer, json } from './answer.ts';
import { headersOf, readBody } from './body.ts';
import { TooLate, within } from './deadline.ts';
import type { Door } from './door.ts';

export async function receiveWebhook(door: Door, request: IncomingMessage, name: string): Promise<Answer> {
  const began = performance.now();
  const source = Object.hasOwn(door.sources, name) ? name : 'unknown';
  const [outcome, answer] = await answerWebhook(door, request, name);
  door.telemetry.metrics.count('webhooks_total', { source, outcome });
  door.telemetry.metrics.observe('webhook_seconds', (performance.now() - began) / 1000, { source });
  return answer;
}

type Outcome =
  | 'accepted'
  | 'unknown_source'
  | 'wrong_method'
  | 'refused'
  | 'too_large'
  | 'broken_off'
  | 'bad'
  | 'not_stored';

async function answerWebhook(door: Door, request: IncomingMessage, name: string): Promise<[Outcome, Answer]> {
  const mounted = Object.hasOwn(door.sources, name) ? door.sources[name] : undefined;
  if (!mounted) return ['unknown_source', unknownSource(door, name)];
  if (request.method !== 'POST')
    return ['wrong_method', json(405, { error: 'Webhooks are POSTed.' }, { allow: 'POST' })];
  // Before the body is read: both kinds of secret stand in the headers.
  const proof = mounted.source.verify({ headers: headersOf(request), body: Buffer.alloc(0) }, mounted.secret);
  if (proof === 'refused') return ['refused', unauthorized(door, request, name)];
  const body = await readBody(request, door.limits.bodyBytes);
  if (body.kind === 'too_large') return ['too_large', tooLarge(door)];
  if (body.kind === 'broken_off') return ['broken_off', notStored('The body broke off.')];
  return take(door, mounted.source, { name, bytes: body.bytes });
}

async function take(
  door: Door,
  source: AlertSource,
  { name, bytes }: { name: string; bytes: Buffer },
): Promise<[Outcome, Answer]> {
  const { log } = door.telemetry;
  try {
    const groups = await parsed(source, bytes);
    await within(door.limits.deliverMs, () => door.deliver({ source: name, body: bytes, groups }));
    return ['accepted', json(202, { accepted: groups.reduce((sum, { alerts }) => sum + alerts.length, 0) })];
  } catch (error) {
    if (error instanceof BadWebhook) {
      log.warn('a webhook was refused', { source: name, path: error.path, why: error.message });
      return ['bad', json(400, { error: error.message, path: error.path })];
    }
    const isExpected = error instanceof StoreDown || error instanceof TooLate;
    log.error('a webhook could not be stored; its sender was asked to send it again', { source: name, error });
    return ['not_stored', notStored(isExpected ? error.message : 'Something went wrong here. The log says what.')];
  }
}

/** Smaller ones are through in a few milliseconds. */
const largeBytes = 512 * 1024;

/** A large one in pieces: clicks, health checks and other webhooks get their turn in between. */
async function parsed(source: AlertSource, bytes: Buffer): Promise<readonly AlertGroup[]> {
  const pieces = bytes.length < largeBytes ? undefined : source.parseInPieces?.(bytes);
  if (!pieces) return source.parse(bytes);
  for (;;) {
    await othersFirst();
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}

function unknownSource({ sources }: Door, name: string): Answer {
  const known = Object.keys(sources).map((source) => `/webhooks/${source}`);
  return json(404, {
    error: `There is no source \`${name.slice(0, 100)}\`. Add it under \`sources\` in tocsin.yml, or use one of these.`,
    sources: known,
  });
}

function unauthorized({ telemetry }: Door, request: IncomingMessage, name: string): Answer {
  telemetry.log.warn('a webhook with a wrong secret was refused', { source: name, from: request.socket.remoteAddress });
  const error = `The secret is not that of source \`${name}\`. In Alertmanager it stands under webhook_configs: http_config: authorization: credentials.`;
  return json(401, { error }, { 'www-authenticate': 'Bearer, Basic realm="tocsin"' });
}

/**
 * Alertmanager tries again after a 5xx only, ten times in half a minute, and with the same body: a 503 would get ten
 * times 32 MB for nothing. After a 4xx it logs the reason once, and comes back with the group as it is at the next
 * `group_interval`; so this one stays with 413 while everything that may pass is a 503.
 */
function tooLarge({ limits }: Door): Answer {
  const error = `The body is larger than ${Math.round(limits.bodyBytes / 1024 / 1024)} MB. Set \`max_alerts\` of the webhook in Alertmanager, or group by more labels.`;
  return json(413, { error }, { connection: 'close' });
}

/** Alertmanager: 5xx is tried again at once, any 4xx (429 and 408 included) is not. */
const notStored = (why: string): Answer =>
  json(503, { error: `${why.replace(/\.$/, '')}. Send it again.` }, { 'retry-after': '1' });
