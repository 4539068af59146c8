/** Sends webhooks as an Alertmanager does: again after a 5xx or a broken connection, never after anything else. */
import { setTimeout as pause } from 'node:timers/promises';

export interface Sent {
  /** The last answer; 0 where none came. */
  readonly status: number;
  readonly tries: readonly Try[];
}

export interface Try {
  /** 0: no answer. */
  readonly status: number;
  readonly ms: number;
}

export interface AlertSourceOptions {
  readonly url: string;
  readonly token: string;
  /** Gives up after so long; an Alertmanager does when the next notification of the group is due. */
  readonly withinMs?: number;
  /** Between two tries. */
  readonly pauseMs?: number;
}

/** An Alertmanager waits this long for an answer. */
const answerWithinMs = 10_000;

export async function notify(
  { url, token, withinMs = 60_000, pauseMs = 200 }: AlertSourceOptions,
  body: string | Buffer,
): Promise<Sent> {
  const tries: Try[] = [];
  const until = Date.now() + withinMs;
  for (;;) {
    const one = await once(url, token, body);
    tries.push(one);
    const isRetried = one.status === 0 || one.status >= 500;
    if (!isRetried || Date.now() > until) return { status: one.status, tries };
    await pause(pauseMs);
  }
}

async function once(url: string, token: string, body: string | Buffer): Promise<Try> {
  const began = performance.now();
  const status = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(answerWithinMs),
  }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );
  return { status, ms: performance.now() - began };
}
