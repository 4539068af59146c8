/** Everything the demo needs, started in one go on loopback, and ended in one go. */

import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '../simulator/index.ts';
import { binaryOf } from './binaries.ts';
import { type Bot, startBot } from './bot.ts';
import { type Environment, startEnvironment } from './environment.ts';
import { demoLevers } from './levers.ts';
import { type Mode, playbooksFor } from './playbooks.ts';
import { freePort } from './ports.ts';
import { shellFile } from './shell-file.ts';
import { type Workspace, workspaceAt } from './workspace.ts';

export interface Stage {
  readonly environment: Environment;
  readonly workspace: Workspace;
  readonly bot: Bot;
  readonly urls: { readonly tocsin: string; readonly slack: string; readonly control: string };
  readonly logFile: string;
  /** What Tocsin was told, to be read by a shell: then `npx tocsin …` speaks to it. */
  readonly envFile: string;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly mode: Mode;
  readonly dir: string;
  readonly say: (line: string) => void;
  /** Demonstrates what happens when it is missing. */
  readonly withoutSshKey?: boolean;
}

const manifest = fileURLToPath(new URL('../../manifest.yml', import.meta.url));

export async function startStage({ mode, dir, say, withoutSshKey = false }: StageOptions): Promise<Stage> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const token = randomBytes(24).toString('hex');
    const port = await freePort();
    const tocsin = `http://127.0.0.1:${port}`;
    say('Starting a Slack workspace (simulated), the shop, sshd, Prometheus and Alertmanager (real) …');
    // The workspace is new each time, so what an earlier Tocsin remembers of another one would only confuse.
    for (const old of ['redis', 'blobs']) await rm(join(dir, old), { recursive: true, force: true });
    let environment: Environment | undefined;
    const levers = demoLevers({ environment: () => environment, redisFolder: join(dir, 'redis') });
    const slack = await startSimulator({ manifest, levers });
    stops.push(slack.close);
    environment = await startEnvironment({
      dir: join(dir, 'world'),
      webhookUrl: `${tocsin}/webhooks/alertmanager`,
      webhookToken: token,
    });
    stops.push(environment.stop);
    say(
      environment.target === 'systemd'
        ? 'The shop is a unit of a real systemd.'
        : `The shop is a supervised process, restarted through ssh.exec: ${environment.targetReason}.`,
    );
    const workspace = workspaceAt(slack.controlUrl);
    const logFile = join(dir, 'tocsin.log');
    say('Starting Tocsin …');
    const folder = await playbooksFor({ mode, environment, dir: join(dir, 'playbooks') });
    const env = {
      ...(await settings({ environment, workspace, token, folder, dir })),
      TOCSIN_HTTP_PORT: String(port),
      TOCSIN_SLACK_API_URL: slack.apiUrl,
      TOCSIN_SLACK_BOT_TOKEN: slack.botToken,
      TOCSIN_SLACK_APP_TOKEN: slack.appToken,
    };
    const envFile = join(dir, 'tocsin.env');
    await writeFile(envFile, shellFile(env), { mode: 0o600 });
    const bot = await startBot({
      url: tocsin,
      logFile,
      env: withoutSshKey ? { ...env, TOCSIN_SHOP_SSH_KEY: join(dir, 'no-such-key') } : env,
    });
    stops.push(bot.stop);
    return {
      environment,
      workspace,
      bot,
      urls: { tocsin, slack: slack.url, control: slack.controlUrl },
      logFile,
      envFile,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Settings {
  readonly environment: Environment;
  readonly workspace: Workspace;
  readonly token: string;
  readonly folder: string;
  readonly dir: string;
}

/** What `tocsin.yml` takes from the environment. */
async function settings({ environment, workspace, token, folder, dir }: Settings): Promise<Record<string, string>> {
  const { ssh, prometheusUrl, alertmanagerUrl, shopUrl } = environment;
  return {
    TOCSIN_REDIS_SERVER: binaryOf('redis'),
    TOCSIN_REDIS_FOLDER: join(dir, 'redis'),
    TOCSIN_BLOBS_FOLDER: join(dir, 'blobs'),
    TOCSIN_ALERTMANAGER_TOKEN: token,
    TOCSIN_SHOP_PEOPLE: (await workspace.ids('alice', 'bob')).join(','),
    TOCSIN_SHOP_SSH_ADDRESS: ssh.host,
    TOCSIN_SHOP_SSH_PORT: String(ssh.port),
    TOCSIN_SHOP_SSH_USER: ssh.user,
    TOCSIN_SHOP_SSH_KEY: ssh.privateKeyPath,
    TOCSIN_SHOP_SSH_HOST_KEY: ssh.hostPublicKey,
    TOCSIN_PROMETHEUS_URL: prometheusUrl,
    TOCSIN_ALERTMANAGER_URL: alertmanagerUrl,
    TOCSIN_LOGS_URL: `${shopUrl}/logs`,
    TOCSIN_TRACES_URL: `${shopUrl}/traces`,
    TOCSIN_PLAYBOOKS: folder,
    TOCSIN_GRACE: '6s',
  };
}
