/** The barest Socket Mode app: keeps every frame, acknowledges by itself unless told to stay silent. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Json, TestWorkspace } from './workspace.ts';

export interface Frame extends Json {
  type: string;
  envelope_id?: string;
  payload?: Json;
}

export async function connect(
  slack: TestWorkspace,
  { silent = false, reply }: { silent?: boolean; reply?: Json } = {},
) {
  const { url } = await slack.call('apps.connections.open', {}, slack.appToken);
  const socket = new WebSocket(String(url));
  const frames: Frame[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    frames.push(frame);
    if (frame.envelope_id && !silent) {
      socket.send(JSON.stringify({ envelope_id: frame.envelope_id, ...(reply ? { payload: reply } : {}) }));
    }
  });
  await once(socket, 'message');
  const close = async () => {
    if (socket.readyState === WebSocket.CLOSED) return;
    socket.close();
    await once(socket, 'close');
  };
  const envelopes = () => frames.filter((frame) => frame.envelope_id);
  return { url: String(url), socket, frames, envelopes, close };
}
