/** Reads what a request carries, in the three forms Slack takes: form fields, JSON, multipart. */
import type { IncomingMessage } from 'node:http';
import { isJson, type Json } from './refusal.ts';

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const typeOf = (request: IncomingMessage) => request.headers['content-type'] ?? '';

export async function readFields(request: IncomingMessage, body: Buffer): Promise<Json> {
  const type = typeOf(request);
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams);
  if (type.startsWith('application/json')) return { ...query, ...parseObject(body) };
  if (type.startsWith('multipart/form-data')) return { ...query, ...(await multipart(type, body)) };
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString())) };
}

export function parseObject(body: Buffer): Json {
  try {
    const value: unknown = body.length ? JSON.parse(body.toString()) : {};
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}

const formOf = (type: string, body: Buffer) =>
  new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();

async function multipart(type: string, body: Buffer): Promise<Json> {
  const form = await formOf(type, body);
  return Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
}

/** The bytes of an upload: the first file of a form, else the body as it is. */
export async function readUpload(request: IncomingMessage, body: Buffer): Promise<Buffer> {
  const type = typeOf(request);
  if (!type.startsWith('multipart/form-data')) return body;
  for (const [, value] of await formOf(type, body)) {
    if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  }
  return Buffer.alloc(0);
}
