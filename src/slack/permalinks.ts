/** Where people find a message, worked out without asking Slack. */
import type { MessageRef } from '../domain/ids.ts';

/** Slack: https://api.slack.com/reference/deep-linking, `app_redirect` opens the workspace that the reader is signed in to. */
const redirect = 'https://slack.com/app_redirect';

/** `apiUrl`: of a Slack that is not slack.com, which has its archives at its own address. */
export const permalinks =
  (apiUrl?: string) =>
  ({ channel, ts }: MessageRef): string => {
    if (apiUrl) return new URL(`/archives/${encodeURIComponent(channel)}/p${ts.replace('.', '')}`, apiUrl).href;
    const link = new URL(redirect);
    link.searchParams.set('channel', channel);
    link.searchParams.set('message_ts', ts);
    return link.href;
  };
