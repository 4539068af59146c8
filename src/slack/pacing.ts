/** Paces calls to Slack: shared budgets say when, urgency says who goes next, and a 429 shuts one method only. */
import { ChatFailure } from '../domain/failures.ts';
import type { Instant } from '../domain/ids.ts';
import type { Budget, Telemetry } from '../engine/ports.ts';
import { type Bucket, bucketsOf, type Call } from './limits.ts';
import { toChatFailure } from './refusals.ts';

export interface Pacer {
  /** Waits for its turn, then performs. Throws `ChatFailure` (or the budget's `StoreDown`). */
  run<T>(call: Call, perform: () => Promise<T>): Promise<T>;
  /** Whoever still waits is sent home: nothing of theirs was done. */
  close(): void;
}

export interface PacerParts {
  readonly budget: Budget;
  readonly telemetry: Telemetry;
  readonly now: () => Instant;
  /** Resolves after so long, or rejects when the signal says so. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** A longer wait is the caller's: it has better things to do than to hold a job for so long. */
const longestHeldMs = 30_000;
const mostTries = 3;

export function createPacer(parts: PacerParts): Pacer {
  const { budget, telemetry, now } = parts;
  const closing = new AbortController();
  const lanes = new Map<string, Lane>();

  async function turn(bucket: Bucket, urgency: number): Promise<void> {
    const forget = () => lanes.delete(bucket.key);
    const lane = lanes.get(bucket.key) ?? createLane(bucket, { ...parts, signal: closing.signal, forget });
    lanes.set(bucket.key, lane);
    await lane.turn(urgency);
  }

  async function inTurn<T>(call: Call, perform: () => Promise<T>): Promise<T> {
    const asked = now();
    for (const bucket of bucketsOf(call)) await turn(bucket, call.urgency);
    telemetry.metrics.observe('chat_wait_seconds', (now() - asked) / 1000, { method: call.method });
    return perform();
  }

  /** How the refusal is to be taken: throws it unless trying again here makes sense. */
  async function honour(error: unknown, call: Call, tries: number): Promise<void> {
    const failure = toChatFailure(error, call.method);
    const isLimit = failure instanceof ChatFailure && failure.code === 'ratelimited';
    telemetry.metrics.count('chat_calls_total', {
      method: call.method,
      outcome: 'code' in failure ? failure.code : 'store_down',
    });
    if (!isLimit) throw failure;
    telemetry.metrics.count('chat_rate_limited_total', { method: call.method });
    telemetry.log.warn('Slack limited a call', {
      method: call.method,
      channel: call.channel,
      retryAfterMs: failure.retryAfterMs,
    });
    await budget.block(bucketsOf(call)[0].key, failure.retryAfterMs);
    if (tries >= mostTries || failure.retryAfterMs > longestHeldMs) throw failure;
  }

  return {
    run: async (call, perform) => {
      for (let tries = 1; ; tries += 1) {
        try {
          const answer = await inTurn(call, perform);
          telemetry.metrics.count('chat_calls_total', { method: call.method, outcome: 'ok' });
          return answer;
        } catch (error) {
          await honour(error, call, tries);
        }
      }
    },
    close: () => closing.abort(new ChatFailure('stopping', { retryable: true, message: 'Tocsin is stopping' })),
  };
}

interface Lane {
  turn(urgency: number): Promise<void>;
}

interface Waiter {
  readonly urgency: number;
  readonly go: () => void;
  readonly fail: (error: unknown) => void;
}

type LaneParts = Pick<PacerParts, 'budget' | 'pause'> & { readonly signal: AbortSignal; readonly forget: () => void };

/** Those who wait for one bucket: whoever is most urgent when something is in it goes next, however late they came. */
function createLane(bucket: Bucket, { budget, pause, signal, forget }: LaneParts): Lane {
  let waiting: Waiter[] = [];

  const sendOff = (waiter: Waiter): void => {
    waiting = waiting.filter((one) => one !== waiter);
    waiter.go();
  };

  async function serve(): Promise<void> {
    while (waiting.length) {
      signal.throwIfAborted();
      const waitMs = await budget.take(bucket.key, bucket.burst, bucket.everyMs);
      if (waitMs > 0) await pause(waitMs, signal);
      else sendOff(mostUrgent(waiting));
    }
    // In the same breath as the look at who waits: whoever comes next opens a lane of their own.
    forget();
  }

  function sendAllHome(error: unknown): void {
    forget();
    const left = waiting;
    waiting = [];
    for (const { fail } of left) fail(signal.aborted ? signal.reason : error);
  }

  return {
    turn: (urgency) =>
      new Promise((go, fail) => {
        waiting.push({ urgency, go, fail });
        if (waiting.length === 1) serve().catch(sendAllHome);
      }),
  };
}

/** Of equals, the one who came first. */
const mostUrgent = (waiting: readonly Waiter[]): Waiter =>
  waiting.reduce((first, next) => (next.urgency < first.urgency ? next : first));
