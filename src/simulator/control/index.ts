/** `/_control`: a JSON API to look into the workspace and to act as its people. Not Slack's; for tests and the demo. */
import { parseObject } from '../body.ts';
import { type Exchange, sendJson } from '../exchange.ts';
import { type Json, Refusal } from '../refusal.ts';
import type { World } from '../world.ts';
import { click } from './click.ts';
import { ephemeralsFor, messagesOf, stateOf, viewsOf } from './look.ts';
import { closeView, submit } from './modal.ts';
import { command, say } from './say.ts';
import type { Wish } from './wish.ts';

type Control = (wish: Wish) => unknown;

const CONTROLS: Readonly<Record<string, Control>> = {
  'GET state': ({ world }) => stateOf(world),
  'GET channels': messagesOf,
  'GET ephemerals': ephemeralsFor,
  'GET views': viewsOf,
  'GET log': ({ world, given }) => world.ledger.log(given.method === undefined ? undefined : String(given.method)),
  'GET ledger': ({ world }) => world.ledger.sums(),
  'GET faults': ({ world }) => world.faults.list(),
  'POST faults': ({ world, given }) => addFault(world, given),
  'DELETE faults': ({ world }) => {
    world.faults.clear();
    world.sockets.duplicateEnvelopes(false);
    return { ok: true };
  },
  'POST sockets': ({ world, given }) => switchSockets(world, given),
  'POST command': command,
  'POST message': say,
  'POST click': click,
  'POST submit': submit,
  'POST close': closeView,
  'POST reset': ({ world }) => {
    world.reset();
    return { ok: true };
  },
};

export async function control({ world, request, response, url, rest, body }: Exchange): Promise<void> {
  const [name = '', ...path] = rest.split('/').filter(Boolean);
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

function switchSockets(world: World, given: Json): unknown {
  if (typeof given.duplicate_envelopes === 'boolean') world.sockets.duplicateEnvelopes(given.duplicate_envelopes);
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
  response.writeHead(200, { 'content-type': String(found.file.mimetype) });
  response.end(found.bytes);
}
