/** Whether a request comes from Slack: its signature over the raw body, and a time that is neither old nor ahead. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from '../engine/ports.ts';

export type Proof = 'accepted' | 'not_signed' | 'bad_signature' | 'too_old' | 'from_the_future';

/** Slack: "if the timestamp is more than five minutes from local time, it could be a replay attack". */
const toleranceMs = 5 * 60_000;

export function proofOf({ headers, body }: WebhookRequest, signingSecret: string, now: number): Proof {
  const time = headers['x-slack-request-timestamp'] ?? '';
  const given = headers['x-slack-signature'] ?? '';
  if (!signingSecret || !/^\d{1,12}$/.test(time) || !given) return 'not_signed';
  const wanted = `v0=${createHmac('sha256', signingSecret).update(`v0:${time}:`).update(body).digest('hex')}`;
  if (!isSame(given, wanted)) return 'bad_signature';
  // Asked last, so that only Slack learns what our clock says. Bolt takes any time ahead of it: a request that was
  // signed for the future could be kept and used for as long.
  const ahead = Number(time) * 1000 - now;
  if (ahead > toleranceMs) return 'from_the_future';
  return ahead < -toleranceMs ? 'too_old' : 'accepted';
}

/** In constant time; the length of a signature is no secret. */
function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
