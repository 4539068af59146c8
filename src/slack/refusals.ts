/** Whatever the Slack client throws as a `ChatFailure`: its code, whether trying again makes sense, and what to do. */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { ChatFailure, StoreDown } from '../domain/failures.ts';

/** Slack: trouble of its own, over after a while. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

const reinstall =
  'Paste manifest.yml into the app at https://api.slack.com/apps again and reinstall it to the workspace.';
const newToken = 'Copy the token again from the app at https://api.slack.com/apps and restart Tocsin.';

const advice: Readonly<Record<string, string>> = {
  invalid_auth: newToken,
  not_authed: newToken,
  account_inactive: newToken,
  token_revoked: newToken,
  token_expired: newToken,
  not_allowed_token_type: 'The bot token begins with xoxb-, the app token with xapp-: they may have been mixed up.',
  missing_scope: reinstall,
  restricted_action: 'An administrator of the workspace has to allow apps to do this.',
  not_in_channel: 'Invite Tocsin into the channel.',
  channel_not_found: 'The channel is gone, or private: invite Tocsin into it.',
};

export const adviceFor = (code: string): string => advice[code] ?? '';

/** `StoreDown` passes: it is nobody's failure here. */
export function toChatFailure(error: unknown, method: string): ChatFailure | StoreDown {
  if (error instanceof ChatFailure || error instanceof StoreDown) return error;
  if (error instanceof WebAPIRateLimitedError) return rateLimited(method, error.retryAfter * 1000);
  if (error instanceof WebAPIPlatformError) return refused(error, method);
  if (error instanceof WebAPIHTTPError) return httpFailure(error.statusCode, method);
  const why = error instanceof Error ? error.message : String(error);
  // The client does not know how long to wait where Slack did not say.
  if (why.includes('Retry header')) return rateLimited(method, 30_000);
  return new ChatFailure('no_answer', { retryable: true, message: `Slack did not answer ${method}: ${why}` });
}

const rateLimited = (method: string, retryAfterMs: number): ChatFailure =>
  new ChatFailure('ratelimited', {
    retryable: true,
    retryAfterMs,
    message: `Slack limits ${method}: again in ${retryAfterMs} ms`,
  });

export const httpFailure = (status: number, method: string): ChatFailure =>
  new ChatFailure(`http_${status}`, {
    retryable: status >= 500 || status === 408 || status === 429,
    message: `Slack answered ${method} with HTTP ${status}`,
  });

function refused({ data }: WebAPIPlatformError, method: string): ChatFailure {
  const code = data.error;
  // What is not a code is the body of an answer that is not JSON: a proxy's page, say.
  if (!/^[a-z0-9_]+$/.test(code))
    return new ChatFailure('bad_answer', { retryable: true, message: `Slack answered ${method} with no JSON` });
  const needed = 'needed' in data ? ` (needs ${String(data.needed)})` : '';
  const details = data.response_metadata?.messages?.join('; ') ?? '';
  return new ChatFailure(code, {
    retryable: passing.has(code),
    message: [`Slack refused ${method}: ${code}${needed}`, details, adviceFor(code)].filter(Boolean).join('. '),
  });
}
