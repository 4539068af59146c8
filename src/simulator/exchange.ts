/** One HTTP request on its way through the server, and how it is answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from './world.ts';

export interface Exchange {
  world: World;
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** What follows the route's prefix. */
  rest: string;
  body: Buffer;
}

export interface JsonAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string> | undefined;
}

export function sendJson(response: ServerResponse, { status, body, headers = {} }: JsonAnswer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
