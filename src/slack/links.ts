/** The two ways in which Slack reaches us, as a connection sees them: a socket that we open, or requests that come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';

export interface Link {
  /** What Slack refuses when it refuses the link. */
  readonly secret: string;
  open(): Promise<void>;
  onEnd(ended: () => void): void;
  close(): Promise<void>;
}

type Socket = SocketModeReceiver['client'];

const helloWithinMs = 15_000;

export const socketLink = (socket: Socket): Link => ({
  secret: 'the app token',
  open: () => withinHello(socket),
  onEnd: (ended) => void socket.on('disconnected', ended),
  close: async () => void (await socket.disconnect()),
});

/** Requests come or do not come: there is nothing to open. */
export const requestLink: Link = {
  secret: 'the signing secret',
  open: async () => undefined,
  onEnd: () => undefined,
  close: async () => undefined,
};

/** Slack says hello when the connection may be used; one that never does is given up. */
async function withinHello(socket: Socket): Promise<void> {
  const enough = new AbortController();
  const late = sleep(helloWithinMs, undefined, { signal: enough.signal }).then(
    () => socket.disconnect(),
    () => undefined,
  );
  try {
    await socket.start();
  } finally {
    enough.abort();
    await late;
  }
}
