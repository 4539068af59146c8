/** Slack's signature: its own documented example, and everything that is not it. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { proofOf } from '../../src/slack/signature.ts';

// Slack's documentation, "Verifying requests from Slack": secret, time, body and signature as they stand there.
const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const time = '1531420618';
const body = Buffer.from(
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
);
const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const then = Number(time) * 1000;

const headers = { 'x-slack-request-timestamp': time, 'x-slack-signature': signature };
const signedAt = (at: number) => {
  const second = String(Math.floor(at / 1000));
  const hash = createHmac('sha256', secret).update(`v0:${second}:`).update(body).digest('hex');
  return { 'x-slack-request-timestamp': second, 'x-slack-signature': `v0=${hash}` };
};

test("the example of Slack's documentation is accepted", () => {
  expect(proofOf({ headers, body }, secret, then)).toBe('accepted');
});

test.each`
  what                              | change                                                                       | proof
  ${'no headers'}                   | ${{ headers: {} }}                                                           | ${'not_signed'}
  ${'no time'}                      | ${{ headers: { 'x-slack-signature': signature } }}                           | ${'not_signed'}
  ${'a time that is none'}          | ${{ headers: { ...headers, 'x-slack-request-timestamp': '1e9' } }}           | ${'not_signed'}
  ${'a byte more in the body'}      | ${{ body: Buffer.concat([body, Buffer.from(' ')]) }}                         | ${'bad_signature'}
  ${'a signature that is cut'}      | ${{ headers: { ...headers, 'x-slack-signature': 'v0=a2114d' } }}             | ${'bad_signature'}
  ${'the hash without its version'} | ${{ headers: { ...headers, 'x-slack-signature': signature.slice(3) } }}      | ${'bad_signature'}
  ${'the signature in capitals'}    | ${{ headers: { ...headers, 'x-slack-signature': signature.toUpperCase() } }} | ${'bad_signature'}
  ${'another time'}                 | ${{ headers: { ...headers, 'x-slack-request-timestamp': '1531420619' } }}    | ${'bad_signature'}
  ${'another secret'}               | ${{ secret: 'another' }}                                                     | ${'bad_signature'}
  ${'no secret of ours'}            | ${{ secret: '' }}                                                            | ${'not_signed'}
`('$what: $proof', ({ change, proof }) => {
  const given = { headers, body, secret, ...change };
  expect(proofOf(given, given.secret, then)).toBe(proof);
});

test.each`
  ahead       | proof
  ${-300_000} | ${'accepted'}
  ${-301_000} | ${'too_old'}
  ${300_000}  | ${'accepted'}
  ${301_000}  | ${'from_the_future'}
`('signed $ahead ms from now: $proof', ({ ahead, proof }) => {
  expect(proofOf({ headers: signedAt(then + ahead), body }, secret, then)).toBe(proof);
});
