/** A request for somebody else behind the door: read whole, handed on, answered. */
import type { IncomingMessage } from 'node:http';
import { type Answer, json } from './answer.ts';
import { headersOf, readBody } from './body.ts';
import type { Post } from './door.ts';

/** A click carries the message that it was made in: Slack allows about 250 kB. */
const mostBytes = 1024 * 1024;

export async function receivePost(request: IncomingMessage, post: Post): Promise<Answer> {
  if (request.method !== 'POST') return json(405, { error: 'Only POST here.' }, { allow: 'POST' });
  const body = await readBody(request, mostBytes);
  if (body.kind === 'too_large') return json(413, { error: 'The body is larger than 1 MB.' }, { connection: 'close' });
  if (body.kind === 'broken_off') return json(400, { error: 'The body broke off.' });
  return await post({ headers: headersOf(request), body: body.bytes });
}
