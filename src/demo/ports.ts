/** Loopback ports that nobody listens on. */
import { createConnection, createServer } from 'node:net';

const given = new Set<number>();
// Below Linux's ephemeral range (32768 and up), so that no outgoing connection takes a port between finding and using it.
const lowest = 15_000;
const highest = 32_000;

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`No free port between ${lowest} and ${highest} on 127.0.0.1 after 100 attempts.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Says `greeting` to a port and tells what it answers first, or nothing when it doesn't within a second. */
export function firstWordOf(port: number, greeting: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (word: string | undefined) => {
      socket.destroy();
      resolve(word);
    };
    socket.once('connect', () => socket.write(greeting));
    socket.once('data', (data) => end(data.toString()));
    socket.once('error', () => end(undefined));
    socket.once('close', () => end(undefined));
    socket.once('timeout', () => end(undefined));
  });
}
