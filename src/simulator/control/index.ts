/** `/_control`: a JSON API to look into the workspace and to act as its people. Not Slack's; for tests and the demo. */
import { parseObject } from '../body.ts';
import { type Exchange, sendJson } from '../exchange.ts';
import { TAMPERINGS } from '../http-delivery.ts';
import { isJson, type Json, Refusal } from '../refusal.ts';
import type { World } from '../world.ts';
import { click } from './click.ts';
import { streamChanges } from './events.ts';
import { homeOf, openHome } from './home.ts';
import { leversOf, pullLever } from './levers.ts';
import { ephemeralsFor, messagesOf, stateOf, viewsOf } from './look.ts';
import { join, markRead, react } from './mark.ts';
import { closeView, submit } from './modal.ts';
import { command, say } from './say.ts';
import { suggest } from './suggest.ts';
import { uploadOwn } from './upload.ts';
import type { Wish } from './wish.ts';

type Control = (wish: Wish) => unknown;

const CONTROLS: Readonly<Record<string, Control>> = {
  'GET state': stateOf,
  'GET channels': messagesOf,
  'GET ephemerals': ephemeralsFor,
  'GET views': viewsOf,
  'GET home': homeOf,
  'GET levers': leversOf,
  'GET log': ({ world, given }) =>
    world.ledger.log({ method: optional(given.method), since: Number(given.since ?? 0) }),
  'GET envelopes': ({ world, given }) => world.envelopes.log(Number(given.since ?? 0)),
  'GET ledger': ({ world }) => world.ledger.sums(),
  'GET faults': ({ world }) => world.faults.list(),
  'POST faults': ({ world, given }) => addFault(world, given),
  'DELETE faults': ({ world }) => {
    world.faults.clear();
    world.sockets.duplicateEnvelopes(false);
    world.sockets.lingerAfterClose(false);
    return { ok: true };
  },
  'POST deliveries': tamper,
  'POST verify': verifyUrl,
  'POST sockets': ({ world, given }) => switchSockets(world, given),
  'POST command': command,
  'POST message': say,
  'POST click': click,
  'POST submit': submit,
  'POST suggest': suggest,
  'POST upload': uploadOwn,
  'POST close': closeView,
  'POST home': openHome,
  'POST join': join,
  'POST levers': pullLever,
  'POST react': react,
  'POST read': markRead,
  'POST reset': ({ world }) => {
    world.reset();
    return { ok: true };
  },
};

const optional = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

export async function control(exchange: Exchange): Promise<void> {
  const { world, request, response, url, rest, body } = exchange;
  const [name = '', ...path] = rest.split('/').filter(Boolean);
  if (name === 'events') return streamChanges(exchange);
  if (name === 'files') return sendFile(world, response, path[0] ?? '');
  const run = CONTROLS[`${request.method} ${name}`];
  if (!run)
    return sendJson(response, {
      status: 404,
      body: { ok: false, error: 'unknown_control', known: Object.keys(CONTROLS) },
    });
  const given = request.method === 'GET' ? Object.fromEntries(url.searchParams) : parseObject(body);
  try {
    sendJson(response, { status: 200, body: await run({ world, given, path }) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    sendJson(response, { status: 400, body: { ok: false, error: error.code, ...error.extra } });
  }
}

function addFault(world: World, given: Json): unknown {
  if (typeof given.duplicate_envelopes === 'boolean') {
    world.sockets.duplicateEnvelopes(given.duplicate_envelopes);
    return { ok: true };
  }
  try {
    return { ok: true, fault: world.faults.add(given) };
  } catch (error) {
    throw new Refusal('unknown_fault', { detail: String(error) });
  }
}

/** What shall be wrong with the next requests to the app. */
function tamper({ world, given }: Wish): unknown {
  const how = TAMPERINGS.find((one) => one === given.tamper);
  if (!how) throw new Refusal('unknown_tampering', { known: TAMPERINGS });
  world.http.tamper(how, Number(given.times ?? 1));
  return { ok: true };
}

/** As when a request URL is saved: Slack wants its challenge back. */
async function verifyUrl({ world }: Wish): Promise<unknown> {
  const payload = {
    type: 'url_verification',
    token: 'simulator-verification-token',
    challenge: world.nextId('challenge'),
  };
  const { payload: reply } = await world.http.send({ type: 'url_verification', payload, attempt: 0 });
  return { ok: isJson(reply) && reply.challenge === payload.challenge };
}

function switchSockets(world: World, given: Json): unknown {
  if (typeof given.duplicate_envelopes === 'boolean') world.sockets.duplicateEnvelopes(given.duplicate_envelopes);
  if (typeof given.linger_after_close === 'boolean') world.sockets.lingerAfterClose(given.linger_after_close);
  if (given.do === 'hang_up') world.sockets.hangUp();
  if (given.do === 'disconnect') world.sockets.disconnect(String(given.reason ?? 'refresh_requested'));
  if (given.do === 'drop') world.sockets.drop();
  return { ok: true, connected: world.sockets.connected() };
}

function sendFile(world: World, response: Exchange['response'], id: string): void {
  const found = world.files.get(id);
  if (!found?.bytes) {
    sendJson(response, { status: 404, body: { ok: false, error: 'file_not_found' } });
    return;
  }
  // An app's file is no page of ours, whatever it contains.
  const headers = { 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' };
  response.writeHead(200, { 'content-type': String(found.file.mimetype), ...headers });
  response.end(found.bytes);
}
