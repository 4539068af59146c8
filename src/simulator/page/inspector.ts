/** The traffic inspector: every call of the app and every envelope to it, newest first, with all that they carried. */
import { get } from './api.ts';
import { app, channelOf, nameOf } from './app.ts';
import { clockSeconds } from './dates.ts';
import { button, byId, type Child, h, icon, type Row, showOne, showRows } from './dom.ts';
import { draw, refresh } from './go.ts';
import type { Call, Envelope, Json } from './types.ts';

const MOST_SHOWN = 250;
const MOST_KEPT = 2_000;

interface Line {
  key: string;
  at: number;
  direction: 'out' | 'in';
  name: string;
  about: string;
  ms: number | undefined;
  status: string;
  tone: 'good' | 'bad' | 'limited' | 'waiting';
  content: Json;
}

const WAYS = { out: 'app → Slack', in: 'Slack → app' } as const;

let filter = '';
let open = '';

export async function askForTraffic(): Promise<void> {
  const calls = await get<Call[]>('log', { since: app.calls.at(-1)?.n ?? 0 });
  const newest = Math.max(0, ...app.envelopes.map(({ revision }) => revision));
  const envelopes = await get<Envelope[]>('envelopes', { since: newest });
  app.calls = [...app.calls, ...calls].slice(-MOST_KEPT);
  const byNumber = new Map([...app.envelopes, ...envelopes].map((one) => [one.n, one]));
  app.envelopes = [...byNumber.values()].slice(-MOST_KEPT);
}

export function toggleInspector(): void {
  app.isInspecting = !app.isInspecting;
  void refresh();
}

const callLine = ({ n, at, method, args, status, ok, error, ms }: Call): Line => ({
  key: `call ${n}`,
  at,
  direction: 'out',
  name: method,
  about: aboutCall(args),
  ms,
  status: ok ? String(status) : `${status || '–'} ${error ?? ''}`,
  tone: ok ? 'good' : status === 429 ? 'limited' : 'bad',
  content: args,
});

/** Where it went, and the first words. */
function aboutCall({ channel, channel_id, text, topic, users, user }: Json): string {
  const place = channelOf(String(channel ?? channel_id ?? ''));
  const words = String(text ?? topic ?? users ?? user ?? '').slice(0, 120);
  return `${place ? `#${nameOf(place)} ` : ''}${words}`;
}

const envelopeLine = ({ n, at, type, what, payload, attempt, state, ms, error }: Envelope): Line => ({
  key: `envelope ${n}`,
  at,
  direction: 'in',
  name: what,
  about: attempt ? `attempt ${attempt + 1}` : '',
  ms,
  status: state === 'acked' ? 'acknowledged' : (error ?? 'waiting'),
  tone: state === 'acked' ? 'good' : state === 'waiting' ? 'waiting' : 'bad',
  content: { type, ...payload },
});

export function drawInspector(): void {
  const drawer = byId('inspector');
  drawer.hidden = !app.isInspecting;
  if (!app.isInspecting) return;
  const lines = [...app.calls.map(callLine), ...app.envelopes.map(envelopeLine)].sort((a, b) => b.at - a.at);
  const found = lines.filter(({ name, about, status, direction }) =>
    `${name} ${about} ${status} ${WAYS[direction]}`.toLowerCase().includes(filter.toLowerCase()),
  );
  showOne(byId('inspector-sums'), sums(), () => h('div', { class: 'sums' }, sums().map(sum)));
  const rows = found.slice(0, MOST_SHOWN).map((line) => ({
    key: line.key,
    stamp: `${line.key === open} ${line.status} ${line.ms}`,
    make: () => row(line),
  }));
  showRows(byId('inspector-lines'), rows.length ? rows : [nothingFound()]);
}

const nothingFound = (): Row => ({
  key: 'nothing',
  stamp: filter,
  make: () => h('p', { class: 'hint' }, filter ? `No call or envelope has “${filter}” in it.` : 'No traffic yet.'),
});

type Sum = readonly [label: string, count: number, tone: string];

function sums(): Sum[] {
  const limited = app.calls.filter(({ status }) => status === 429).length;
  const failed = app.calls.filter(({ ok }) => !ok).length - limited;
  const lost = app.envelopes.filter(({ state }) => state === 'failed').length;
  return [
    ['calls', app.calls.length, ''],
    ['× 429', limited, limited ? 'limited' : ''],
    ['other errors', failed, failed ? 'bad' : ''],
    [app.envelopes.length === 1 ? 'envelope' : 'envelopes', app.envelopes.length, ''],
    ['not acknowledged', lost, lost ? 'bad' : ''],
    [app.workspace.sockets === 1 ? 'socket' : 'sockets', app.workspace.sockets, ''],
  ];
}

const sum = ([label, count, tone]: Sum): Child =>
  h('span', { class: `sum ${tone}` }, h('strong', {}, String(count)), ` ${label}`);

function row(line: Line): HTMLElement {
  const isOpen = line.key === open;
  const toggle = () => {
    open = isOpen ? '' : line.key;
    draw();
  };
  return h(
    'div',
    { class: 'traffic' },
    button(
      {
        class: `traffic-line ${line.tone}`,
        focus: line.key,
        attributes: { 'aria-expanded': String(isOpen) },
        onClick: toggle,
      },
      h('time', {}, clockSeconds(line.at, { nowMs: 0 })),
      h(
        'span',
        {
          class: `direction ${line.direction}`,
          title: line.direction === 'out' ? 'The app calls Slack' : 'Slack sends to the app',
        },
        WAYS[line.direction],
      ),
      h('span', { class: 'method' }, line.name, h('span', { class: 'gist' }, line.about)),
      h('span', { class: 'ms' }, line.ms === undefined ? '' : `${Math.round(line.ms)} ms`),
      h('span', { class: 'status' }, line.status),
    ),
    isOpen ? h('pre', {}, JSON.stringify(unpacked(line.content), null, 2)) : undefined,
  );
}

/** Slack's SDK sends objects as JSON texts within a form. */
function unpacked(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, typeof one === 'string' ? parsed(one) : one]),
  );
}

function parsed(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function startInspector(): void {
  const search = h('input', {
    class: 'field',
    attributes: { type: 'search', placeholder: 'Filter by method, error, …', 'aria-label': 'Filter the traffic' },
  });
  search.addEventListener('input', () => {
    filter = search.value;
    draw();
  });
  byId('inspector-head').append(
    h('h2', {}, 'Traffic'),
    h('div', { attributes: { id: 'inspector-sums' } }),
    search,
    button({ class: 'quiet', label: 'Close the traffic inspector', onClick: toggleInspector }, icon('close')),
  );
}
