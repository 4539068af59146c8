/** One connection to Redis that answers or fails within 2.5 s, whatever Redis does. */
import { Redis } from 'ioredis';
import { StoreDown } from '../../domain/failures.ts';
import type { Instant } from '../../domain/ids.ts';
import type { Script } from './scripts.ts';

export interface Connection {
  /** What is asked of Redis, with the deadline; throws `StoreDown`. */
  ask<Reply>(question: (redis: Redis) => Promise<Reply>): Promise<Reply>;
  /** One of our scripts. */
  run(script: Script, args: readonly (string | number)[]): Promise<unknown>;
  /** Returns when what was written has reached as many replicas as it should; throws `StoreDown` when it does not. */
  replicated(): Promise<void>;
  /** Before each key; all keys share one hash tag, so that they live in one slot. */
  readonly base: string;
  /** How many must have what is acknowledged. */
  readonly replicas: number;
  /** `host:port`, without what is secret in the address. */
  readonly where: string;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** Hash tag of all keys. */
  readonly tag?: string;
  /** How many replicas must have what is acknowledged; 0 unless told. */
  readonly replicas?: number;
  readonly onError?: (error: unknown) => void;
}

const replicaMs = 1500;

/** Alertmanager gives up on an answer after some seconds: a 503 must come before. */
const deadlineMs = 2500;

export async function connect({ url, tag = 'tocsin', replicas = 0, onError }: ConnectionOptions): Promise<Connection> {
  const base = `{${tag}}:`;
  const where = hostOf(url);
  const redis = open(url);
  let last: Error | undefined;
  redis.on('error', (error: Error) => {
    last = error;
    onError?.(error);
  });
  redis.on('ready', () => {
    last = undefined;
  });

  const ask: Connection['ask'] = async (question) => {
    try {
      return await within(question(redis));
    } catch (error) {
      throw asStoreDown(where, error, last);
    }
  };

  const connection: Connection = {
    ask,
    base,
    where,
    replicas,
    async replicated() {
      const have = replicas && (await ask((redis) => redis.wait(replicas, replicaMs)));
      if (have >= replicas) return;
      throw new StoreDown(
        `Redis at ${where}: of ${replicas} replicas that should have it, ${have} do. See redis.replicas.`,
      );
    },
    run: (script, args) => ask((asked) => evaluate(asked, script, [base, ...args])),
    async close() {
      await within(redis.quit()).catch(() => undefined);
      redis.disconnect();
    },
  };
  try {
    await within(ready(redis));
  } catch (error) {
    redis.disconnect();
    throw advised(asStoreDown(where, last ?? error));
  }
  return connection;
}

/** The answer to TIME. */
export const instantOf = ([seconds = 0, micros = 0]: readonly (string | number)[]): Instant =>
  Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);

/** At the start a person reads it, who can do something. */
function advised(error: Error): Error {
  const advice = /NOAUTH|WRONGPASS|NOPERM/.test(error.message)
    ? 'Give the user and the password in redis.url: redis://user:password@host:6379.'
    : 'See that it runs and can be reached from here, and that redis.url in tocsin.yml is right; without redis.url, Tocsin runs one of its own.';
  return new StoreDown(`${error.message.replace(/\.$/, '')}. ${advice}`, { cause: error });
}

/** Measured: with the defaults a command waits for ever while Redis is away, and is sent twice when an answer is lost. */
function open(url: string): Redis {
  return new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 2000,
    connectTimeout: 1000,
    // A connection through a dead network never ends by itself.
    socketTimeout: 10_000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 1000),
  });
}

function ready(redis: Redis): Promise<void> {
  return new Promise((resolve) => redis.once('ready', () => resolve()));
}

async function within<Reply>(reply: Promise<Reply>): Promise<Reply> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  try {
    return await Promise.race([reply, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function evaluate(redis: Redis, script: Script, [base = '', ...args]: readonly (string | number)[]) {
  try {
    return await redis.evalsha(script.sha, 1, base, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return await redis.eval(script.lua, 1, base, ...args);
  }
}

/** Answers of a Redis that is there and cannot do it now. Any other refusal is a fault of ours and keeps its name. */
const unable =
  /^(OOM|MISCONF|READONLY|LOADING|BUSY|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM|EXECABORT) /;

function asStoreDown(where: string, error: unknown, last?: Error): Error {
  if (!(error instanceof Error)) return new StoreDown(`Redis at ${where}: ${String(error)}`);
  if (error.name === 'ReplyError' && !unable.test(error.message)) return error;
  const before = last && last.message !== error.message ? ` (before: ${last.message})` : '';
  return new StoreDown(`Redis at ${where}: ${inWords(error.message)}${before}`, { cause: error });
}

/** ioredis speaks of its options where the connection is what is missing. */
function inWords(message: string): string {
  if (message.includes('enableOfflineQueue')) return 'not connected';
  if (message.includes('maxRetriesPerRequest')) return 'the connection broke before it answered';
  return message === 'Command timed out' ? 'no answer within 2000 ms' : message;
}

function hostOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '6379'}`;
}
