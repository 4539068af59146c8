/** A look at Slack from outside: whose the bot token is, what it may do, and whether the app token opens a socket. */
import { WebClient } from '@slack/web-api';
import { adviceFor, toChatFailure } from './refusals.ts';

export interface ExamineOptions {
  readonly botToken: string;
  /** Socket Mode. */
  readonly appToken?: string;
  readonly apiUrl?: string;
}

const timeoutMs = 10_000;
const whereTokens = 'Look at the app at https://api.slack.com/apps.';

/** Why a token was not taken, and what to do. */
export interface Refusal {
  readonly why: string;
  readonly advice: string;
}

export async function examineSlack({ botToken, appToken, apiUrl }: ExamineOptions) {
  const options = { ...(apiUrl && { slackApiUrl: apiUrl }), timeout: timeoutMs, retryConfig: { retries: 0 } };
  const bot = await whoIs(new WebClient(botToken, options)).catch((error: unknown) => refusal('bot token', error));
  // The address that this opens is used once and forgotten by Slack: no connection is made.
  const open = appToken ? new WebClient(appToken, options).apps.connections.open({}) : undefined;
  const app = await open?.then(
    () => undefined,
    (error: unknown) => refusal('app token', error),
  );
  return { bot, app };
}

async function whoIs(web: WebClient) {
  const { user = '', team = '', response_metadata } = await web.auth.test();
  return { name: user, team, scopes: response_metadata?.scopes ?? [] };
}

function refusal(token: string, error: unknown): Refusal {
  const failure = toChatFailure(error, `the question about the ${token}`);
  const code = 'code' in failure && !failure.retryable ? failure.code : '';
  if (!code) return { why: failure.message, advice: 'See that this machine reaches Slack, and run this again.' };
  return { why: `Slack refuses the ${token} (${code}).`, advice: adviceFor(code) || whereTokens };
}
