/** Slack as one thing: the chat for the engine, and the listeners for people, over Bolt in Socket Mode. */
import { setTimeout as sleep } from 'node:timers/promises';
import { App, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Instant } from '../domain/ids.ts';
import type { Budget, Chat, Desk, Telemetry } from '../engine/ports.ts';
import { createChat } from './chat.ts';
import { type Connection, type ConnectionState, createConnection } from './connection.ts';
import { register } from './listeners/index.ts';
import { boltLog } from './log.ts';
import { createPacer, type PacerParts } from './pacing.ts';
import type { RoleBook } from './people.ts';

export interface SlackOptions {
  readonly botToken: string;
  readonly appToken: string;
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
  const chat = createChat({ slack, pacer, roles: options.roles, telemetry, now });
  let connection: Connection | undefined;

  const track = async (work: Promise<void>): Promise<void> => {
    working.add(work);
    await work.finally(() => working.delete(work));
  };

  return {
    chat,
    state: () => connection?.state() ?? 'not_listening',
    listen: async (desk) => {
      const { app, receiver } = createApp(options);
      register(app, { desk, describe: chat.describe, telemetry, track, pause: (ms) => sleep(ms) });
      connection = createConnection({ app, socket: receiver.client, telemetry });
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

function createApp(options: SlackOptions): { readonly app: App; readonly receiver: SocketModeReceiver } {
  const logger = boltLog(options.telemetry.log);
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger,
    // The connection is looked after here: Bolt's own reconnecting ends the process when Slack refuses it.
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(options) },
  });
  const app = new App({
    token: options.botToken,
    receiver,
    logger,
    deferInitialization: true,
    convoStore: false,
    clientOptions: clientOptions(options),
  });
  return { app, receiver };
}

/** A new object each time: Bolt writes into the one it is given. Limits and repetition are `pacing.ts`'s. */
const clientOptions = ({ apiUrl, telemetry, requestTimeoutMs = defaultTimeoutMs }: SlackOptions): WebClientOptions => ({
  ...(apiUrl && { slackApiUrl: apiUrl }),
  timeout: requestTimeoutMs,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  logger: boltLog(telemetry.log),
});
