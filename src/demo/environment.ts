/** Everything around the bot in the demo, all real: a shop that can be broken, Prometheus, Alertmanager, and ssh to its host. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { alertmanagerConfig, healthyQuery, prometheusConfig, rules, shopLabels } from './alerting.ts';
import { startAlertmanagerIn } from './alertmanager.ts';
import { backfill } from './history.ts';
import { freePort } from './ports.ts';
import { startPrometheusIn } from './prometheus.ts';
import { startTarget, type Target, type TargetMode } from './target.ts';

export type EnvironmentOptions = {
  /** Emptied at every start. */
  readonly dir: string;
  readonly webhookUrl: string;
  readonly webhookToken: string;
  readonly mode?: TargetMode;
};

export type Environment = {
  readonly shopUrl: string;
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly ssh: Target['ssh'];
  readonly target: Target['kind'];
  /** Why the target is not systemd. */
  readonly targetReason: string | undefined;
  readonly restart: Target['restart'];
  breakShop(): Promise<void>;
  /** Asks Prometheus, not the shop. */
  shopHealthy(): Promise<boolean>;
  sshLog(): Promise<string>;
  stop(): Promise<void>;
};

export async function startEnvironment({ dir, mode = 'best', ...webhook }: EnvironmentOptions): Promise<Environment> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const server of started.splice(0).reverse()) await server.stop();
  };
  try {
    await rm(dir, { recursive: true, force: true });
    const target = await startTarget({ dir: join(dir, 'host'), mode });
    started.push(target);
    const watching = await startWatching({ dir, shopUrl: target.shopUrl, webhook, started });
    return { ...descriptionOf(target), ...watching, ...actionsOn(target, watching.prometheusUrl), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Watching = {
  readonly dir: string;
  readonly shopUrl: string;
  readonly webhook: { readonly webhookUrl: string; readonly webhookToken: string };
  readonly started: { stop(): Promise<void> }[];
};

async function startWatching({ dir, shopUrl, webhook, started }: Watching) {
  const alertmanager = await startAlertmanagerIn({
    dir: join(dir, 'alertmanager'),
    config: alertmanagerConfig(webhook),
  });
  started.push(alertmanager);
  const port = await freePort();
  const urls = { shopUrl, prometheusUrl: `http://127.0.0.1:${port}`, alertmanagerUrl: alertmanager.url };
  const place = join(dir, 'prometheus');
  await backfill({ dir: place, labels: shopLabels });
  const prometheus = await startPrometheusIn({
    dir: place,
    port,
    config: prometheusConfig(urls),
    files: { 'rules.yml': rules(urls) },
  });
  started.push(prometheus);
  return { prometheusUrl: urls.prometheusUrl, alertmanagerUrl: urls.alertmanagerUrl };
}

function descriptionOf({ kind, reason, shopUrl, ssh, restart }: Target) {
  return { target: kind, targetReason: reason, shopUrl, ssh, restart };
}

function actionsOn({ shopUrl, ssh }: Target, prometheusUrl: string) {
  return {
    breakShop: async () => {
      const answer = await fetch(`${shopUrl}/_fault`, { method: 'POST', body: '{"kind":"errors"}' });
      if (!answer.ok) throw new Error(`The shop refused to break: ${answer.status} ${await answer.text()}`);
    },
    shopHealthy: async () => (await query(prometheusUrl, healthyQuery)) > 0,
    sshLog: () => readFile(ssh.logPath, 'utf8'),
  };
}

/** How many samples the query answers with. */
async function query(prometheusUrl: string, expression: string): Promise<number> {
  const answer = await fetch(`${prometheusUrl}/api/v1/query?${new URLSearchParams({ query: expression })}`);
  const body = (await answer.json()) as { data?: { result?: unknown[] } };
  return body.data?.result?.length ?? 0;
}
