/** Slack's Web API, one paced call at a time: who we are there, and how a call is made. */
import type { WebClient } from '@slack/web-api';
import { fresh } from './fresh.ts';
import type { Call } from './limits.ts';
import type { Pacer } from './pacing.ts';

export interface Identity {
  readonly userId: string;
  readonly botId: string;
  readonly teamId: string;
  readonly enterpriseId: string;
}

export interface Api {
  call<T>(call: Call, perform: (slack: WebClient) => Promise<T>): Promise<T>;
  /** Asked once: a token never changes whose it is. */
  whoAmI(): Promise<Identity>;
}

export function createApi(slack: WebClient, pacer: Pacer): Api {
  const call: Api['call'] = (paced, perform) => pacer.run(paced, () => perform(slack));
  const identity = fresh({ forMs: Number.POSITIVE_INFINITY, now: () => 0 }, async () => {
    const me = await call({ method: 'auth.test', urgency: 0 }, () => slack.auth.test());
    return {
      userId: me.user_id ?? '',
      botId: me.bot_id ?? '',
      teamId: me.team_id ?? '',
      enterpriseId: me.enterprise_id ?? '',
    };
  });
  return { call, whoAmI: async () => (await identity()).value };
}
