/** The link to Slack, kept open: opened again at once when Slack recycles it, ever more slowly when Slack is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { ChatFailure } from '../domain/failures.ts';
import type { Telemetry } from '../engine/ports.ts';
import type { Link } from './links.ts';
import { adviceFor, toChatFailure } from './refusals.ts';

export type ConnectionState = 'connecting' | 'connected' | 'refused' | 'closed';

export interface Connection {
  /** Connected, or Slack out of reach and being tried again. Throws when Slack refuses us. */
  open(): Promise<void>;
  close(): Promise<void>;
  state(): ConnectionState;
}

const firstDelayMs = 500;
const longestDelayMs = 10_000;
/** Refused while running (a token that was revoked): it may be put right in Slack without a restart. */
const refusedDelayMs = 30_000;

export function createConnection({ app, link, telemetry }: { app: App; link: Link; telemetry: Telemetry }): Connection {
  const closing = new AbortController();
  let state: ConnectionState = 'connecting';
  let isKnown = false;
  let keeping: Promise<void> = Promise.resolve();
  let ended = Promise.withResolvers<void>();
  link.onEnd(() => ended.resolve());

  async function connect(): Promise<void> {
    if (!isKnown) await refusalsOf('the bot token', app.init());
    isKnown = true;
    ended = Promise.withResolvers<void>();
    await refusalsOf(link.secret, link.open());
    // Closed while it was being opened.
    if (closing.signal.aborted) return void link.close();
    state = 'connected';
    telemetry.log.info('Connected to Slack');
  }

  async function keep(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; ) {
      try {
        if (state !== 'connected') await connect();
        failures = 0;
        await ended.promise;
        // Slack recycles connections every few hours: the next one is opened at once.
        state = 'connecting';
      } catch (error) {
        failures += 1;
        await waitAfter(error, failures);
      }
    }
  }

  async function waitAfter(error: unknown, failures: number): Promise<void> {
    const failure = toFailure(error);
    state = failure.retryable ? 'connecting' : 'refused';
    const backOffMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 10));
    const delayMs = Math.max(failure.retryable ? backOffMs : refusedDelayMs, failure.retryAfterMs);
    telemetry.log.error('Not connected to Slack', { why: failure.message, againInMs: delayMs });
    await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
  }

  /** The first try is made while the caller waits, so that a wrong token is an answer and not a line in the log. */
  async function open(): Promise<void> {
    try {
      await connect();
    } catch (error) {
      const failure = toFailure(error);
      if (!failure.retryable) throw failure;
      telemetry.log.error('Not connected to Slack yet', { why: failure.message });
    }
    keeping = keep();
  }

  return {
    open,
    state: () => state,
    close: async () => {
      closing.abort();
      await link.close();
      ended.resolve();
      await keeping;
      state = 'closed';
    },
  };
}

async function refusalsOf(token: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const failure = toFailure(error);
    if (failure.retryable) throw failure;
    throw new ChatFailure(failure.code, {
      retryable: false,
      message: `Slack refused ${token} (${failure.code}): ${adviceFor(failure.code) || failure.message}`,
    });
  }
}

/** The socket client rejects with nothing when the socket is closed before Slack said hello. */
function toFailure(error: unknown = new Error('Slack closed the connection at once')): ChatFailure {
  const failure = toChatFailure(error, 'the connection');
  return failure instanceof ChatFailure
    ? failure
    : new ChatFailure('no_answer', { retryable: true, message: failure.message });
}
