/** A real `tocsin serve` is told to go in the middle of a step, while another one is there already: nothing is lost or doubled. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBot } from '../../src/demo/bot.ts';
import { shownText } from '../../src/demo/workspace.ts';
import { openScene, type Surroundings, startSurroundings } from '../crash/scene.ts';
import { notify } from '../support/alert-source.ts';
import { firing, group, webhook } from '../support/alerts.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/servers.ts';

const longMs = 180_000;

const playbook = (slow: string, seconds: number): string => `schema: playbook/v1
id: deploy
name: Deploy
owners: [team-shop]
triggers: [{alert: ['alertname="ShopDown"'], mode: auto}]
steps:
  - {id: one, action: ssh.exec, with: {host: shop-1, argv: ['${slow}', one, '2']}}
  - {id: script, action: ssh.script, with: {host: shop-1, script: "'${slow}' script ${seconds}"}}
  - {id: two, action: ssh.exec, with: {host: shop-1, argv: ['${slow}', two, '1']}}
`;

/** Says in the ledger when it begins and when it ends. */
async function slowTarget(dir: string) {
  const ledger = join(dir, 'ledger');
  const script = join(dir, 'slow');
  await writeFile(ledger, '');
  const tells = (what: string): string => `printf '%s ${what}\\n' "$1" >> '${ledger}'\n`;
  await writeFile(script, `#!/bin/sh\n[ "$1" = -- ] && shift\n${tells('begins')}sleep "$2"\n${tells('ends')}`);
  await chmod(script, 0o755);
  return { script, lines: async () => (await readFile(ledger, 'utf8')).split('\n').filter(Boolean) };
}

let around: Surroundings;
beforeAll(async () => {
  around = await startSurroundings();
});
afterAll(() => around.stop());

// Tocsin waits ten seconds for what runs; the script of the last case lasts longer, and is found again.
const deploys = [
  { at: 'one begins', seconds: 1 },
  { at: 'script begins', seconds: 3 },
  { at: 'script begins', seconds: 16 },
];

/** They share a host, where a script is found again by its run: each has an alert, and with it a run, of its own. */
const newAlert = () => firing(`shop-${randomUUID()}`);

describe.concurrent.each(deploys)('a Tocsin that is replaced when `$at` ($seconds s)', ({ at, seconds }) => {
  test('hands over what it does', { timeout: longMs }, async ({ onTestFinished }) => {
    const dir = await mkdtemp(join(tmpdir(), 'tocsin-deploy-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const scene = await openScene(around, join(dir, 'scene'));
    onTestFinished(scene.stop);
    const target = await slowTarget(dir);
    const playbooks = join(dir, 'playbooks');
    await mkdir(playbooks);
    await writeFile(join(playbooks, 'deploy.yml'), playbook(target.script, seconds));
    const start = async (name: string) => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const env = { ...scene.env, TOCSIN_PLAYBOOKS: playbooks, TOCSIN_HTTP_PORT: String(port) };
      const bot = await startBot({ url, logFile: join(dir, `${name}.log`), env });
      onTestFinished(bot.stop);
      return { ...bot, url: `${url}/webhooks/alertmanager` };
    };
    const old = await start('old');
    await notify({ url: old.url, token: scene.token, withinMs: 30_000 }, webhook(group([newAlert()])));
    const starting = start('new');
    await eventually(at, async () => (await target.lines()).includes(at));
    // The new one is there before the old one goes, as in any rolling deploy; the step may be over by then.
    await old.stop();
    expect(await old.ended).toContain('Tocsin ended (0)');
    await starting;
    await eventually('the run is over', async () => {
      const channels = (await scene.workspace.channels()).filter(({ name }) => name.startsWith('inc-'));
      const messages = (await Promise.all(channels.map(({ id }) => scene.workspace.messages(id)))).flat();
      return messages.some(
        (message) => /^Deploy succeeded/.test(message.text) || shownText(message).includes('Deploy succeeded'),
      );
    });
    expect(await target.lines()).toEqual(
      ['one', 'script', 'two'].flatMap((step) => [`${step} begins`, `${step} ends`]),
    );
  });
});
