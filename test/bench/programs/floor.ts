/** The floor: the least that receiving durably can cost. node:http, JSON.parse, one XADD, 202. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';

const redis = new Redis(process.argv[2] ?? '');

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const body = Buffer.concat(chunks);
    const began = performance.now();
    JSON.parse(body.toString());
    const parseMs = performance.now() - began;
    await redis.xadd('floor', '*', 'body', body);
    response.writeHead(202, { 'x-parse-ms': String(parseMs) }).end();
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
