/** Paces calls to Slack: shared budgets say when, urgency says who goes next, and a 429 shuts one method only. */
import { ChatFailure, type StoreDown } from '../domain/failures.ts';
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

  function turn(bucket: Bucket, urgency: number): Promise<Leave> {
    const forget = () => lanes.delete(bucket.key);
    const lane = lanes.get(bucket.key) ?? createLane(bucket, { ...parts, signal: closing.signal, forget });
    lanes.set(bucket.key, lane);
    return lane.turn(urgency);
  }

  async function inTurn<T>(call: Call, perform: () => Promise<T>): Promise<T> {
    const asked = now();
    const taken: Leave[] = [];
    try {
      for (const bucket of bucketsOf(call)) taken.push(await turn(bucket, call.urgency));
      telemetry.metrics.observe('chat_wait_seconds', (now() - asked) / 1000, { method: call.method });
      return await perform();
    } catch (error) {
      throw await noted(error, call);
    } finally {
      for (const leave of taken) leave();
    }
  }

  /** A limit is held against its bucket before anybody else may go. */
  async function noted(error: unknown, call: Call): Promise<ChatFailure | StoreDown> {
    const { method, channel } = call;
    const failure = toChatFailure(error, method);
    telemetry.metrics.count('chat_calls_total', {
      method,
      outcome: failure instanceof ChatFailure ? failure.code : 'store_down',
    });
    if (!isLimit(failure)) return failure;
    telemetry.metrics.count('chat_rate_limited_total', { method });
    telemetry.log.warn('Slack limited a call', { method, channel, retryAfterMs: failure.retryAfterMs });
    await budget.block(bucketsOf(call)[0].key, failure.retryAfterMs);
    return failure;
  }

  async function run<T>(call: Call, perform: () => Promise<T>, triesLeft = mostTries): Promise<T> {
    try {
      const answer = await inTurn(call, perform);
      telemetry.metrics.count('chat_calls_total', { method: call.method, outcome: 'ok' });
      return answer;
    } catch (error) {
      if (!isLimit(error) || triesLeft <= 1 || error.retryAfterMs > longestHeldMs) throw error;
      return run(call, perform, triesLeft - 1);
    }
  }

  return {
    run: (call, perform) => run(call, perform),
    close: () => closing.abort(new ChatFailure('stopping', { retryable: true, message: 'Tocsin is stopping' })),
  };
}

const isLimit = (error: unknown): error is ChatFailure => error instanceof ChatFailure && error.code === 'ratelimited';

/** Said when the call is over. */
type Leave = () => void;

interface Lane {
  turn(urgency: number): Promise<Leave>;
}

interface Waiter {
  readonly urgency: number;
  readonly go: (leave: Leave) => void;
  readonly fail: (error: unknown) => void;
}

type LaneParts = Pick<PacerParts, 'budget' | 'pause'> & { readonly signal: AbortSignal; readonly forget: () => void };

/** Those who wait for one bucket: whoever is most urgent when something is in it goes next, however late they came. */
function createLane(bucket: Bucket, { budget, pause, signal, forget }: LaneParts): Lane {
  let waiting: Waiter[] = [];
  let isServing = false;

  async function sendOff(waiter: Waiter): Promise<void> {
    const { promise: over, resolve: leave } = Promise.withResolvers<void>();
    waiting = waiting.filter((one) => one !== waiter);
    waiter.go(leave);
    if (bucket.inOrder) await over;
  }

  async function serve(): Promise<void> {
    while (waiting.length) {
      signal.throwIfAborted();
      const waitMs = await budget.take(bucket.key, bucket.burst, bucket.everyMs);
      if (waitMs > 0) await pause(waitMs, signal);
      else await sendOff(mostUrgent(waiting));
    }
    // In the same breath as the look at who waits: whoever comes next opens a lane of their own.
    isServing = false;
    forget();
  }

  function sendAllHome(error: unknown): void {
    isServing = false;
    forget();
    const left = waiting;
    waiting = [];
    for (const { fail } of left) fail(signal.aborted ? signal.reason : error);
  }

  return {
    turn: (urgency) =>
      new Promise((go, fail) => {
        waiting.push({ urgency, go, fail });
        if (isServing) return;
        isServing = true;
        serve().catch(sendAllHome);
      }),
  };
}

/** Of equals, the one who came first. */
const mostUrgent = (waiting: readonly Waiter[]): Waiter =>
  waiting.reduce((first, next) => (next.urgency < first.urgency ? next : first));
