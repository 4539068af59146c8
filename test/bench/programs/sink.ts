/** The null sink: reads a request to its end, keeps nothing, and says 200. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => response.writeHead(200).end());
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
