/** A TCP proxy whose connections a test can cut, reset or silence: the network that fails on demand. */
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './servers.ts';

export interface TcpProxy {
  readonly port: number;
  /** TCP RST on both sides. */
  reset(): void;
  /** An orderly end of both sides. */
  cut(): void;
  /** Nothing passes any more, and nobody is told. */
  silence(): void;
  connections(): number;
  stop(): Promise<void>;
}

export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((near) => {
    accepted += 1;
    const far = connect(target);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const each = (act: (socket: Socket) => void) => [...sockets].forEach(act);
  return {
    port,
    reset: () => each((socket) => socket.resetAndDestroy()),
    cut: () => each((socket) => socket.end()),
    silence: () => each((socket) => socket.unpipe().pause()),
    connections: () => accepted,
    stop: async () => {
      each((socket) => socket.destroy());
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
