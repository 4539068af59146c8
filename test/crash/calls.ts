/** Calls that change something in Slack, each with the function of the chat port that makes it: where a chain can be cut. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Chat } from '../../src/engine/ports.ts';

/** As the story makes them: a test holds this list to what is really called. */
export const calls: readonly string[] = [
  'openChannel>conversations.create',
  'openChannel>conversations.setPurpose',
  'post>chat.postMessage',
  'edit>chat.update',
  'pin>pins.add',
  'setTopic>conversations.setTopic',
  'invite>conversations.invite',
  'upload>files.getUploadURLExternal',
  'upload>upload',
  'upload>files.completeUploadExternal',
];

/** What only looks leaves nothing behind. */
const looks = /^(auth|apps|team|users|usergroups)\.|\.(info|list|history|replies|members)$/;

const port = new AsyncLocalStorage<string>();

/** Says within which function of the port a call to Slack is made. */
export function withNames(chat: Chat): Chat {
  const named = Object.entries(chat).map(([name, act]) => [
    name,
    (...given: readonly unknown[]) => port.run(name, () => (act as (...all: readonly unknown[]) => unknown)(...given)),
  ]);
  return Object.fromEntries(named) as Chat;
}

/** Hears of each such call when Slack has answered it, before anybody else does. */
export function onAnswered(hear: (call: string) => Promise<void>): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (...request) => {
    const answer = await fetch(...request);
    const method = methodOf(String(request[0]));
    const name = port.getStore();
    if (method && name && !looks.test(method)) await hear(`${name}>${method}`);
    return answer;
  };
}

function methodOf(url: string): string | undefined {
  const { pathname } = new URL(url);
  return pathname.startsWith('/upload/') ? 'upload' : /^\/api\/(.+)$/.exec(pathname)?.[1];
}
