/** A gateway without any key, and workers of two zones with one key each, as anybody starts them: steps stay in their zone. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type ServerProcess, startProcess } from '../../src/demo/processes.ts';
import type { Sshd } from '../../src/demo/sshd.ts';
import { shownText, type Workspace, workspaceAt } from '../../src/demo/workspace.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { notify } from '../support/alert-source.ts';
import { firing, group, webhook } from '../support/alerts.ts';
import { eventually } from '../support/eventually.ts';
import { freePort, startRedis, startSshd } from '../support/servers.ts';
import { unhurried } from '../support/unhurried.ts';

const longMs = 240_000;
const project = fileURLToPath(new URL('../..', import.meta.url));
const token = 'a-token-for-two-zones';

const playbook = (act: string): string => `schema: playbook/v1
id: deploy
name: Deploy
owners: [team-shop]
triggers: [{alert: ['alertname="ShopDown"'], mode: auto}]
steps:
  - {id: first, action: ssh.exec, with: {host: us-1, argv: ['${act}', us, first, '0']}}
  - {id: second, action: ssh.exec, with: {host: eu-1, argv: ['${act}', eu, second, '0']}}
  - {id: script, action: ssh.script, with: {host: eu-1, script: "'${act}' eu script 8"}}
`;

const hostOf = (zone: string, { host, port, user, hostPublicKey }: Sshd): string =>
  `  - {name: ${zone}-1, pool: ${zone}, address: ${host}, port: ${port}, user: ${user}, private_key: "\${env:KEY_OF_${zone.toUpperCase()}:-/nowhere/${zone}}", host_key: "${hostPublicKey}"}`;

const config = (eu: Sshd, us: Sshd): string => `slack: {api_url: "\${env:SLACK_API_URL}"}
http: {port: "\${env:HTTP_PORT:-0}"}
redis: {url: "\${env:REDIS_URL}"}
sources: {alertmanager: {bearer: "\${env:TOKEN}"}}
blobs: {folder: blobs}
guardrails: {blast_radius: {percent: 100}}
inventory:
${hostOf('eu', eu)}
${hostOf('us', us)}
`;

interface Zones {
  readonly url: string;
  readonly workspace: Workspace;
  /** `tocsin serve` with these arguments and the key of that zone alone. */
  serve(args: readonly string[], key?: 'eu' | 'us'): Promise<ServerProcess>;
  /** What was done, as each target wrote it down itself. */
  done(): Promise<readonly string[]>;
  metric(name: string): Promise<string>;
}

async function openZones(): Promise<Zones> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-zones-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const [eu, us, redis] = await Promise.all([startSshd(), startSshd(), startRedis({ dir: join(dir, 'redis') })]);
  for (const server of [eu, us, redis]) onTestFinished(() => server.stop());
  const slack = await startSimulator({ manifest: join(project, 'manifest.yml'), limits: 'off' });
  onTestFinished(slack.close);
  onTestFinished(unhurried(redis.url));
  const [ledger, act] = [join(dir, 'ledger'), join(dir, 'act')];
  await writeFile(ledger, '');
  const tells = (what: string): string => `printf '%s %s ${what}\\n' "$1" "$2" >> '${ledger}'\n`;
  await writeFile(act, `#!/bin/sh\n[ "$1" = -- ] && shift\n${tells('begins')}sleep "$3"\n${tells('ends')}`);
  await chmod(act, 0o755);
  await mkdir(join(dir, 'playbooks'));
  await writeFile(join(dir, 'playbooks', 'deploy.yml'), playbook(act));
  await writeFile(join(dir, 'tocsin.yml'), config(eu, us));
  const port = await freePort();
  const env = {
    REDIS_URL: redis.url,
    TOKEN: token,
    SLACK_API_URL: slack.apiUrl,
    TOCSIN_SLACK_BOT_TOKEN: slack.botToken,
  };
  const keys = { eu: { KEY_OF_EU: eu.privateKeyPath }, us: { KEY_OF_US: us.privateKeyPath } };
  // Only the gateway listens to people, and is found by Alertmanager.
  const ofGateway = { HTTP_PORT: String(port), TOCSIN_SLACK_APP_TOKEN: slack.appToken };
  return {
    url: `http://127.0.0.1:${port}/webhooks/alertmanager`,
    workspace: workspaceAt(slack.controlUrl),
    async serve(args, key) {
      const one = await startProcess({
        name: `tocsin serve ${args.join(' ')}`,
        command: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', 'src/cli.ts', '-c', join(dir, 'tocsin.yml'), 'serve', ...args],
        cwd: project,
        env: { ...env, ...(key ? keys[key] : ofGateway) },
        isReady: async () => true,
      });
      onTestFinished(one.stop);
      return one;
    },
    done: async () => (await readFile(ledger, 'utf8')).split('\n').filter(Boolean),
    async metric(name) {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return text.split('\n').find((line) => line.startsWith(name)) ?? '';
    },
  };
}

/** A script is found again by its run, on a host that all tests share: each has an alert, and with it a run, of its own. */
const newAlert = () => firing(`shop-${randomUUID()}`);

const shown = async ({ workspace }: Zones): Promise<string> => {
  const channels = (await workspace.channels()).filter(({ name }) => name.startsWith('inc-'));
  const messages = (await Promise.all(channels.map(({ id }) => workspace.messages(id)))).flat();
  return messages.map(shownText).join('\n');
};

test('a step waits for its zone, and says so; a worker that is killed is followed by another of its zone', {
  timeout: longMs,
}, async () => {
  const zones = await openZones();
  await zones.serve(['--role', 'gateway']);
  await zones.serve(['--role', 'worker', '--pool', 'us'], 'us');
  await notify({ url: zones.url, token, withinMs: 60_000 }, webhook(group([newAlert()])));
  await eventually('the run says for whom it waits', async () =>
    (await shown(zones)).includes('waits for a worker of the pool eu: none has been seen yet'),
  );
  expect(await zones.done()).toEqual(['us first begins', 'us first ends']);
  expect(await zones.metric('tocsin_workers{pool="eu"}')).toMatch(/ 0$/);
  expect(await zones.metric('tocsin_workers{pool="us"}')).toMatch(/ 1$/);

  const killed = await zones.serve(['--role', 'worker', '--pool', 'eu'], 'eu');
  await eventually('the script begins', async () => (await zones.done()).includes('eu script begins'));
  await killed.kill('SIGKILL');
  await eventually('the run says who is missing', async () =>
    (await shown(zones)).includes('waits for a worker of the pool eu: none has been seen since'),
  );
  await zones.serve(['--role', 'worker', '--pool', 'eu'], 'eu');
  await eventually('the run is over', async () => (await shown(zones)).includes('Deploy succeeded'));
  expect(await zones.done()).toEqual(
    ['us first', 'eu second', 'eu script'].flatMap((step) => [`${step} begins`, `${step} ends`]),
  );
});
