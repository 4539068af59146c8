/** A simulator for one test: calls by method, control by path, a clock that the test drives if it wants. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type Clock, type SimulatorOptions, startSimulator } from '../../../src/simulator/index.ts';

export type Json = Record<string, unknown>;

const manifestPath = fileURLToPath(new URL('../../../manifest.yml', import.meta.url));

interface ManifestShape {
  features: Json;
  oauth_config: { scopes: { bot: string[] } };
  settings: Json;
}

export const shippedManifest = () => parse(readFileSync(manifestPath, 'utf8')) as ManifestShape;

const EVERY_SCOPE =
  'bookmarks:read bookmarks:write channels:history channels:join channels:manage channels:read chat:write chat:write.public commands files:read files:write groups:history groups:read groups:write im:history im:read im:write mpim:history mpim:read mpim:write pins:read pins:write reactions:read reactions:write team:read usergroups:read users:read users:read.email';

/** The shipped manifest with every scope and the home tab, for what the product itself does not use. */
export function wideManifest(change: { without?: string[] } = {}): object {
  const manifest = shippedManifest();
  const bot = EVERY_SCOPE.split(' ').filter((scope) => !change.without?.includes(scope));
  return {
    ...manifest,
    features: { ...manifest.features, app_home: { home_tab_enabled: true } },
    oauth_config: { scopes: { bot } },
    settings: { ...manifest.settings, event_subscriptions: { bot_events: ['message.channels', 'app_mention'] } },
  };
}

export interface DrivenClock extends Clock {
  pass(ms: number): void;
}

export function drivenClock(startMs = 1_800_000_000_000): DrivenClock {
  let nowMs = startMs;
  let timers: { dueMs: number; callback: () => void }[] = [];
  return {
    now: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { dueMs: nowMs + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    pass: (ms) => {
      nowMs += ms;
      const due = timers.filter(({ dueMs }) => dueMs <= nowMs);
      timers = timers.filter((one) => !due.includes(one));
      for (const { callback } of due) callback();
    },
  };
}

export interface Answer extends Json {
  ok: boolean;
  error?: string;
  status: number;
  retryAfter?: string | undefined;
}

export async function openWorkspace(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({ manifest: wideManifest(), limits: 'off', ...options });
  const post = async (path: string, body: unknown, token?: string): Promise<Answer> => {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(`${simulator.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const retryAfter = response.headers.get('retry-after') ?? undefined;
    return { ...((await response.json()) as { ok: boolean }), status: response.status, retryAfter };
  };
  const call = (method: string, args: Json = {}, token = simulator.botToken) => post(`/api/${method}`, args, token);
  const control = (path: string, body: Json) => post(`/_control/${path}`, body);
  const look = async (path: string): Promise<unknown> => (await fetch(`${simulator.url}/_control/${path}`)).json();
  return { ...simulator, call, control, look };
}

export type TestWorkspace = Awaited<ReturnType<typeof openWorkspace>>;
