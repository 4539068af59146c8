/** Compares secrets in constant time: the one place for all sources. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { SourceSecret, WebhookRequest } from '../engine/ports.ts';

/** Hashed first, so that neither the time nor the lengths tell how much was right. */
export const equalSecrets = (given: string, expected: string): boolean =>
  timingSafeEqual(sha256(given), sha256(expected));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `Authorization: Bearer …` or `Authorization: Basic …`, as the secret prescribes. */
export function provesByHeader(
  { headers }: Pick<WebhookRequest, 'headers'>,
  secret: SourceSecret,
): 'accepted' | 'refused' {
  const expected = 'bearer' in secret ? secret.bearer : `${secret.user}:${secret.password}`;
  const given = credentials(headers.authorization ?? '', 'bearer' in secret ? 'bearer' : 'basic');
  // An empty secret never matches: config/ refuses it, and so does this.
  return expected !== '' && equalSecrets(given, expected) ? 'accepted' : 'refused';
}

function credentials(header: string, scheme: 'bearer' | 'basic'): string {
  const [, word = '', value = ''] = /^(\S+) +(\S+) *$/.exec(header) ?? [];
  if (word.toLowerCase() !== scheme) return '';
  return scheme === 'bearer' ? value : Buffer.from(value, 'base64').toString('utf8');
}
