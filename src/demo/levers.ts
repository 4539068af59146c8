/** What the demo's visitor may do to the world, as buttons of the workspace page. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Lever } from '../simulator/index.ts';
import type { Environment } from './environment.ts';

export interface LeverOptions {
  /** There only once it has started. */
  environment(): Environment | undefined;
  /** Where Tocsin's own Redis keeps its data. */
  redisFolder: string;
}

const pausedSeconds = 20;
const stormSeconds = 45;
const stormNames = ['ShopSlow', 'ShopQueueGrows', 'ShopCacheCold', 'ShopDiskFills'];
const stormHosts = 50;
const stormQuery = 'rate(shop_requests_total{job="shop"}[1m])';

export function demoLevers({ environment, redisFolder }: LeverOptions): readonly Lever[] {
  const world = (): Environment => {
    const there = environment();
    if (!there) throw new Error('The shop is not open yet: wait a moment.');
    return there;
  };
  return [
    {
      id: 'break-shop',
      label: 'Break the shop',
      description: 'The shop answers 500 until it is restarted. Prometheus notices, Alertmanager tells Tocsin.',
      run: async () => {
        await world().breakShop();
        return 'The shop answers 500. Prometheus will notice within seconds, and an incident opens, or the last one again.';
      },
    },
    {
      id: 'storm',
      label: 'Storm',
      description: `${stormNames.length * stormHosts} alerts at once through Alertmanager, over after ${stormSeconds} seconds.`,
      lastsMs: stormSeconds * 1000,
      run: async () => {
        await sendStorm(world());
        return `${stormNames.length * stormHosts} alerts of ${stormNames.length} kinds are on their way.`;
      },
    },
    {
      id: 'stop-redis',
      label: 'Stop Redis',
      description: `Tocsin's Redis answers nobody for ${pausedSeconds} seconds: nothing can be stored.`,
      lastsMs: pausedSeconds * 1000,
      run: async () => {
        await pauseRedis(redisFolder);
        return `Redis answers nobody for ${pausedSeconds} seconds.`;
      },
    },
  ];
}

async function sendStorm({ alertmanagerUrl, prometheusUrl }: Environment): Promise<void> {
  const now = Date.now();
  // No rule stands behind these alerts, so they say themselves what a graph of them would be of.
  const generatorURL = `${prometheusUrl}/graph?${new URLSearchParams({ 'g0.expr': stormQuery })}`;
  const alerts = stormNames.flatMap((alertname) =>
    Array.from({ length: stormHosts }, (_, i) => ({
      labels: { alertname, service: 'shop', severity: 'warning', instance: `shop-${i + 1}` },
      annotations: { summary: `${alertname} on shop-${i + 1}` },
      generatorURL,
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + stormSeconds * 1000).toISOString(),
    })),
  );
  const answer = await fetch(`${alertmanagerUrl}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  if (!answer.ok) throw new Error(`Alertmanager refused the alerts: ${answer.status} ${await answer.text()}`);
}

/** As good as stopped, and back by itself: Redis holds every command until the pause is over. */
async function pauseRedis(folder: string): Promise<void> {
  const { url } = JSON.parse(await readFile(join(folder, 'tocsin.lock'), 'utf8')) as { url: string };
  const { hostname, port, password } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setEncoding('utf8');
  socket.end(`AUTH ${password}\r\nCLIENT PAUSE ${pausedSeconds * 1000} ALL\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  if (!/^\+OK\r\n\+OK/.test(answer)) throw new Error(`Redis would not pause: ${answer.trim()}`);
}
