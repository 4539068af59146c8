/** Slack limiting, failing, silent or forgetful while the whole story is played: each message appears once in the end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Case, play } from '../crash/case.ts';
import { type Scene, type Surroundings, startSurroundings } from '../crash/scene.ts';

const longMs = 150_000;
const storyMs = 90_000;

/** What shows something, in the order in which it is first called. */
const methods = [
  'conversations.create',
  'chat.postMessage',
  'conversations.setPurpose',
  'conversations.invite',
  'conversations.setTopic',
  'pins.add',
  'chat.update',
  'files.getUploadURLExternal',
  'upload',
  'files.completeUploadExternal',
];

const tell = async ({ controlUrl }: Scene, what: 'faults' | 'sockets', wanted: object): Promise<void> => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${controlUrl}/${what}`, { method: 'POST', body: JSON.stringify(wanted), headers });
  if (!answer.ok) throw new Error(`the workspace does not know that trouble: ${await answer.text()}`);
};

const nothing = (): void => undefined;

/** Each method, the first time that it is called. */
const each =
  (fault: object) =>
  async (scene: Scene): Promise<() => void> => {
    for (const method of methods) await tell(scene, 'faults', { method, ...fault });
    return nothing;
  };

const troubles: Readonly<Record<string, NonNullable<Case['trouble']>>> = {
  'limits every method for a second': each({ kind: 'rate_limited', retryAfter: 1 }),
  'answers every method with HTTP 503': each({ kind: 'http_error', status: 503 }),
  'does the work of every method and loses the answer': each({ kind: 'dropped_answer' }),
  'does the work of three posts in a row and loses the answers': async (scene) => {
    await tell(scene, 'faults', { kind: 'dropped_answer', method: 'chat.postMessage', times: 3 });
    return nothing;
  },
  'never answers a post': async (scene) => {
    await tell(scene, 'faults', { kind: 'no_answer', method: 'chat.postMessage', times: 1 });
    return nothing;
  },
  'delivers every click twice': async (scene) => {
    await tell(scene, 'sockets', { duplicate_envelopes: true });
    return nothing;
  },
  'drops its sockets every second': async (scene) => {
    const dropping = setInterval(() => void tell(scene, 'sockets', { do: 'drop' }).catch(nothing), 1_000);
    return () => clearInterval(dropping);
  },
  'warns of a disconnect every four seconds, and leaves TCP open after the goodbye': async (scene) => {
    await tell(scene, 'sockets', { linger_after_close: true });
    const warn = () => void tell(scene, 'sockets', { do: 'disconnect', reason: 'warning' }).catch(nothing);
    const warning = setInterval(warn, 4_000);
    return () => clearInterval(warning);
  },
  'hangs up every four seconds, and leaves TCP open after the goodbye': async (scene) => {
    await tell(scene, 'sockets', { linger_after_close: true });
    const hangingUp = setInterval(() => void tell(scene, 'sockets', { do: 'hang_up' }).catch(nothing), 4_000);
    return () => clearInterval(hangingUp);
  },
  'is away for its first five seconds': async (scene) => {
    await tell(scene, 'faults', { kind: 'http_error', status: 503, method: '*', times: 100_000 });
    const back = setTimeout(() => void fetch(`${scene.controlUrl}/faults`, { method: 'DELETE' }).catch(nothing), 5_000);
    return () => clearTimeout(back);
  },
};

let around: Surroundings;
beforeAll(async () => {
  around = await startSurroundings();
});
afterAll(() => around.stop());

describe.concurrent.each(Object.entries(troubles))('a Slack that %s', (_, trouble) => {
  test('loses no message and shows none twice', { timeout: longMs }, async () => {
    const { lost, doubled } = await play(around, { trouble, withinMs: storyMs });
    expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
  });
});
