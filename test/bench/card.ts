/** From a webhook to its channel and its card in Slack, less the time that Slack itself takes to answer. */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Call, callsOf, type Installation } from './installation.ts';
import { bodies, post } from './storm.ts';
import { median, type Row } from './table.ts';

const samples = 15;

export async function cardRows(tocsin: Installation): Promise<readonly Row[]> {
  const cards: number[] = [];
  const channels: number[] = [];
  const trips: number[] = [];
  const agent = new Agent({ keepAlive: true });
  for (let sample = 0; sample < samples; sample += 1) {
    await refill(tocsin);
    const [body = Buffer.alloc(0)] = bodies({ webhooks: 1, alerts: 1 }, `Card${sample}`);
    const began = Date.now();
    await post(tocsin.webhook, body, agent);
    trips.push(Date.now() - began);
    const { create, card } = await shown(tocsin, began);
    channels.push(create.at - began);
    cards.push(card.at - began - create.ms);
  }
  agent.destroy();
  return [
    {
      name: 'webhook to its channel being asked of Slack, beyond its own round trip (p50)',
      against: 'round trip',
      theirs: median(trips),
      ours: median(channels.map((at, sample) => at - (trips[sample] ?? 0))),
      unit: 'ms',
      target: { limit: 10 },
    },
    {
      name: 'webhook to card, over Slack’s own answer time (p50)',
      ours: median(cards),
      unit: 'ms',
      target: { limit: 25 },
    },
  ];
}

/** Slack's limits are honoured by pacing; here they would measure the waiting, so each sample begins with full buckets. */
async function refill({ redis }: Installation): Promise<void> {
  for (const key of await redis.keys('{tocsin}:budget:*')) await redis.del(key);
}

/** The channel's opening, and the first post into it: the card. */
async function shown({ slackControl }: Installation, since: number): Promise<{ create: Call; card: Call }> {
  for (;;) {
    const log = (await callsOf(slackControl)).filter(({ at }) => at >= since);
    const create = log.find(({ method }) => method === 'conversations.create');
    const card = log.find(
      ({ method, args }) => method === 'chat.postMessage' && JSON.stringify(args.metadata ?? '').includes('post_card'),
    );
    if (create && card) return { create, card };
    await pause(5);
  }
}
