/** HTTP mode: each payload as a signed request to the app's request URL, and what its answer comes to. */
import { createHmac } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { EnvelopeType } from './frames.ts';
import type { App } from './manifest.ts';
import type { Json } from './refusal.ts';

export const TAMPERINGS = ['bad_signature', 'old_timestamp', 'future_timestamp', 'lost_answer'] as const;
export type Tampering = (typeof TAMPERINGS)[number];

/** Slack's words for what the person who typed is shown. */
export type HttpError = 'http_client_error' | 'http_service_error' | 'operation_timeout' | 'dispatch_failed';

export interface Posted {
  acked: boolean;
  payload?: unknown;
  error?: HttpError;
  /** For `x-slack-retry-reason`. */
  why?: 'http_timeout' | 'http_error' | 'connection_failed';
  /** The app asked for no repetition (`x-slack-no-retry: 1`). */
  isFinal?: boolean;
}

export interface Post {
  type: EnvelopeType | 'url_verification';
  payload: Json;
  attempt: number;
  /** Why it comes again. */
  why?: string | undefined;
}

export interface HttpDelivery {
  send(post: Post): Promise<Posted>;
  /** Does so to the next requests. */
  tamper(how: Tampering, times: number): void;
}

interface Options {
  app: App;
  clock: Clock;
  signingSecret: string;
  /** Stands for every request URL of the manifest. */
  requestUrl?: string | undefined;
}

const ACK_DEADLINE_MS = 3_000;
const TEN_MINUTES = 600;

export function httpDelivery({ app, clock, signingSecret, requestUrl }: Options): HttpDelivery {
  let tampered: Tampering[] = [];
  return {
    tamper: (how, times) => {
      tampered = [...tampered, ...Array<Tampering>(times).fill(how)];
    },
    send: async (post) => {
      const url = requestUrl ?? urlFor(app, post);
      if (!url) return { acked: false, error: 'dispatch_failed', isFinal: true };
      const [tampering] = tampered.splice(0, 1);
      const body = bodyOf(post);
      const headers = { ...headersOf(post), ...signed(body, { signingSecret, clock, tampering }) };
      const posted = await inTime(clock, (signal) => request(url, { body, headers, signal }));
      return tampering === 'lost_answer' ? timedOut : posted;
    },
  };
}

const timedOut: Posted = { acked: false, error: 'operation_timeout', why: 'http_timeout' };

function urlFor({ requestUrls, commands }: App, { type, payload }: Post): string | undefined {
  if (type === 'slash_commands') return commands.find(({ command }) => command === payload.command)?.url;
  if (payload.type === 'block_suggestion') return requestUrls.options;
  return type === 'interactive' ? requestUrls.interactivity : requestUrls.events;
}

/** Slack: commands are a form, clicks a form with JSON in `payload`, events JSON. */
function bodyOf({ type, payload }: Post): string {
  if (type === 'slash_commands') return new URLSearchParams(payload as Record<string, string>).toString();
  if (type === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return JSON.stringify(payload);
}

const isForm = (type: Post['type']): boolean => type === 'slash_commands' || type === 'interactive';

const headersOf = ({ type, attempt, why = 'http_timeout' }: Post): Record<string, string> => ({
  'content-type': isForm(type) ? 'application/x-www-form-urlencoded' : 'application/json',
  'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
  ...(attempt ? { 'x-slack-retry-num': String(attempt), 'x-slack-retry-reason': why } : {}),
});

interface Signing {
  signingSecret: string;
  clock: Clock;
  tampering: Tampering | undefined;
}

function signed(body: string, { signingSecret, clock, tampering }: Signing): Record<string, string> {
  const shift = tampering === 'old_timestamp' ? -TEN_MINUTES : tampering === 'future_timestamp' ? TEN_MINUTES : 0;
  const time = Math.floor(clock.now() / 1000) + shift;
  const secret = tampering === 'bad_signature' ? `not-${signingSecret}` : signingSecret;
  const signature = createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': String(time), 'x-slack-signature': `v0=${signature}` };
}

/** By the workspace's clock, which a test may drive. */
async function inTime(clock: Clock, send: (signal: AbortSignal) => Promise<Posted>): Promise<Posted> {
  const late = new AbortController();
  const { promise: silence, resolve } = Promise.withResolvers<Posted>();
  const cancel = clock.after(ACK_DEADLINE_MS, () => {
    resolve(timedOut);
    late.abort();
  });
  try {
    return await Promise.race([send(late.signal), silence]);
  } finally {
    cancel();
  }
}

async function request(
  url: string,
  { body, headers, signal }: { body: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<Posted> {
  try {
    const answer = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' });
    const text = await answer.text();
    if (answer.ok) return { acked: true, payload: readReply(text, answer.headers.get('content-type') ?? '') };
    return {
      acked: false,
      error: answer.status >= 500 ? 'http_service_error' : 'http_client_error',
      why: 'http_error',
      isFinal: answer.headers.get('x-slack-no-retry') === '1',
    };
  } catch {
    return { acked: false, error: 'dispatch_failed', why: 'connection_failed' };
  }
}

function readReply(text: string, type: string): unknown {
  if (!type.startsWith('application/json')) return text || undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
