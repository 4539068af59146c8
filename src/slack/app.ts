/** Slack as one thing: the chat for the engine, and the listeners for people, over Bolt, by a socket or by HTTP. */
import { setTimeout as sleep } from 'node:timers/promises';
import { App, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Instant } from '../domain/ids.ts';
import type { Budget, Chat, Desk, PostAnswer, Telemetry, WebhookRequest } from '../engine/ports.ts';
import { createApi } from './api.ts';
import { createChat } from './chat.ts';
import { type Connection, type ConnectionState, createConnection } from './connection.ts';
import { createHttpReceiver, type HttpReceiver } from './http-receiver.ts';
import { type Link, requestLink, socketLink } from './links.ts';
import { register } from './listeners/index.ts';
import { boltLog } from './log.ts';
import { createPacer, type PacerParts } from './pacing.ts';
import type { RoleBook } from './people.ts';
import { createViews } from './views.ts';

export interface SlackOptions {
  readonly botToken: string;
  /** Socket Mode by an app token, or requests that are signed. */
  readonly by: { readonly appToken: string } | { readonly signingSecret: string };
  /** Where Slack's Web API is; Slack's own unless told. */
  readonly apiUrl?: string;
  readonly roles: RoleBook;
  /** Shared by all processes: Slack's limits are for all of them together. */
  readonly budget: Budget;
  readonly telemetry: Telemetry;
  readonly now: () => Instant;
  readonly pause?: PacerParts['pause'];
  /** After so long a call counts as not answered. */
  readonly requestTimeoutMs?: number;
}

export interface Slack {
  readonly chat: Chat;
  /** Begins to listen to people. Throws a `ChatFailure` that says what to do when Slack refuses us; when Slack is only
   *  out of reach it returns, and goes on trying. */
  listen(desk: Desk): Promise<void>;
  /** Waits for what is being worked on, `graceMs` at most. */
  stop(graceMs?: number): Promise<void>;
  state(): SlackState;
  /** HTTP mode: a request that came to the address of the manifest. */
  readonly handle?: (request: WebhookRequest) => Promise<PostAnswer>;
}

export type SlackState = ConnectionState | 'not_listening';

const defaultTimeoutMs = 10_000;
const defaultGraceMs = 5_000;

const defaultPause: PacerParts['pause'] = (ms, signal) => sleep(ms, undefined, { signal });

export function createSlack(options: SlackOptions): Slack {
  const { budget, telemetry, now, pause = defaultPause } = options;
  const working = new Set<Promise<void>>();
  const pacer = createPacer({ budget, telemetry, now, pause });
  const slack = new WebClient(options.botToken, clientOptions(options));
  const api = createApi(slack, pacer);
  const chat = createChat({ api, roles: options.roles, telemetry, now });
  let connection: Connection | undefined;
  const isReady = (): boolean => connection?.state() === 'connected';
  const { signingSecret } = { signingSecret: '', ...options.by };
  const http = signingSecret ? createHttpReceiver({ signingSecret, telemetry, now, isReady }) : undefined;

  const track = async (work: Promise<void>): Promise<void> => {
    working.add(work);
    await work.finally(() => working.delete(work));
  };

  return {
    chat,
    ...(http && { handle: http.handle }),
    state: () => connection?.state() ?? 'not_listening',
    listen: async (desk) => {
      const { app, link } = createApp(options, http);
      register(app, {
        desk,
        describe: chat.describe,
        views: createViews(api),
        telemetry,
        track,
        pause: (ms) => sleep(ms),
      });
      connection = createConnection({ app, link, telemetry });
      await connection.open();
    },
    stop: async (graceMs = defaultGraceMs) => {
      const tooLong = new AbortController();
      const grace = sleep(graceMs, undefined, { signal: tooLong.signal }).catch(() => undefined);
      // What people asked for is answered over the socket that it came by: that one is closed last.
      await Promise.race([Promise.allSettled(working), grace]);
      tooLong.abort();
      await connection?.close();
      pacer.close();
    },
  };
}

function createApp(options: SlackOptions, http: HttpReceiver | undefined): { readonly app: App; readonly link: Link } {
  const { receiver, link } = http ? { receiver: http, link: requestLink } : socketOf(options);
  const app = new App({
    token: options.botToken,
    receiver,
    logger: boltLog(options.telemetry.log),
    deferInitialization: true,
    convoStore: false,
    clientOptions: clientOptions(options),
  });
  return { app, link };
}

function socketOf(options: SlackOptions): { readonly receiver: Receiver; readonly link: Link } {
  const receiver = new SocketModeReceiver({
    appToken: 'appToken' in options.by ? options.by.appToken : '',
    logger: boltLog(options.telemetry.log),
    // The connection is looked after here: Bolt's own reconnecting ends the process when Slack refuses it.
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(options) },
  });
  return { receiver, link: socketLink(receiver.client) };
}

/** A new object each time: Bolt writes into the one it is given. Limits and repetition are `pacing.ts`'s. */
const clientOptions = ({ apiUrl, telemetry, requestTimeoutMs = defaultTimeoutMs }: SlackOptions): WebClientOptions => ({
  ...(apiUrl && { slackApiUrl: apiUrl }),
  timeout: requestTimeoutMs,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  logger: boltLog(telemetry.log),
});
