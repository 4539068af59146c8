/** From a webhook to the card in Slack, less the time that Slack itself takes to answer. */
import { Agent } from 'node:http';
import type { Setting } from './setting.ts';
import { bodies, post } from './storm.ts';
import { median, type Row } from './table.ts';

const samples = 15;

interface Call {
  readonly at: number;
  readonly method: string;
  readonly ms: number;
  readonly args: { readonly metadata?: unknown; readonly channel?: string };
}

export async function cardRow(setting: Setting): Promise<Row> {
  const lags: number[] = [];
  const slacks: number[] = [];
  const agent = new Agent({ keepAlive: true });
  for (let sample = 0; sample < samples; sample += 1) {
    await refill(setting);
    const [body = Buffer.alloc(0)] = bodies({ webhooks: 1, alerts: 1 }, `Card${sample}`);
    const began = Date.now();
    await post(setting.tocsin.webhook, body, agent);
    const { create, card } = await calls(setting, began);
    lags.push(card.at - began - create.ms);
    slacks.push(create.ms);
  }
  agent.destroy();
  return {
    name: 'webhook to card, over Slack’s own answer time (p50)',
    against: 'Slack (simulated)',
    theirs: median(slacks),
    ours: median(lags),
    unit: 'ms',
    target: { limit: 25 },
  };
}

/** Slack's limits are honoured by pacing; here they would measure the waiting, so each sample begins with full buckets. */
async function refill({ redis }: Setting): Promise<void> {
  for (const key of await redis.keys('{tocsin}:budget:*')) await redis.del(key);
}

/** The channel's opening, and the first post into it: the card. */
async function calls({ slackControl }: Setting, since: number): Promise<{ create: Call; card: Call }> {
  for (;;) {
    const log = ((await (await fetch(`${slackControl}/log`)).json()) as Call[]).filter(({ at }) => at >= since);
    const create = log.find(({ method }) => method === 'conversations.create');
    const card = log.find(
      ({ method, args }) => method === 'chat.postMessage' && JSON.stringify(args.metadata ?? '').includes('post_card'),
    );
    if (create && card) return { create, card };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
