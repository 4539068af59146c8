/** Reads the body of a request of Slack's: JSON for events, a form for commands, and JSON inside of a form for clicks. */
import type { WebhookRequest } from '../engine/ports.ts';

export type Payload = Readonly<Record<string, unknown>>;
type Read = { readonly payload: Payload } | { readonly problem: string };

export function payloadOf({ headers, body }: WebhookRequest): Read {
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const read = readers[type.trim()];
  return read ? read(body.toString('utf8')) : { problem: `Slack does not send \`${type.slice(0, 100)}\`.` };
}

const readers: Readonly<Record<string, (text: string) => Read>> = {
  'application/json': parsed,
  'application/x-www-form-urlencoded': (text) => {
    const form = new URLSearchParams(text);
    const payload = form.get('payload');
    return payload === null ? { payload: Object.fromEntries(form) } : parsed(payload);
  },
};

function parsed(text: string): Read {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { payload: value as Payload };
  } catch {
    // Said below.
  }
  return { problem: 'The body is not a JSON object.' };
}
