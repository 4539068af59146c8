/** The story, unattended: break the shop, and watch until it is repaired. Others than Tocsin say whether it is. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Mode } from './playbooks.ts';
import type { Stage } from './stage.ts';
import { type SeenChannel, type SeenMessage, shownText } from './workspace.ts';

export interface Telling {
  readonly mode: Mode;
  readonly stage: Stage;
  readonly say: (line: string) => void;
}

/** Resolves when the shop is healthy and the incident resolved. Throws with the reason when that does not come. */
export async function tellStory(telling: Telling): Promise<void> {
  const { stage, mode } = telling;
  const began = Date.now();
  const moment = (line: string): void =>
    telling.say(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const scene: Scene = { stage, moment };
  await until('Prometheus sees a healthy shop', () => stage.environment.shopHealthy(), 30);
  const logBefore = await stage.environment.sshLog();
  moment('The shop is healthy, says Prometheus.');
  await stage.environment.breakShop();
  moment('Somebody breaks the shop: it answers 500.');
  await until('Prometheus sees the trouble', async () => !(await stage.environment.shopHealthy()), 20);
  const channel = await channelOpens(scene);
  const card = await cardAppears(scene, channel);
  if (mode === 'propose') await peopleAct(scene, { channel, card });
  await repairIsSeen(scene, { channel, logBefore });
  await resolves(scene, channel);
}

interface Scene {
  readonly stage: Stage;
  readonly moment: (line: string) => void;
}

async function channelOpens({ stage, moment }: Scene): Promise<SeenChannel> {
  const channel = await until(
    'an incident channel opens',
    async () => (await stage.workspace.channels()).find(({ name }) => name.startsWith('inc-')),
    40,
  );
  moment(`Alertmanager's webhook came: #${channel.name} is open.`);
  return channel;
}

async function cardAppears({ stage, moment }: Scene, channel: SeenChannel): Promise<SeenMessage> {
  const messages = () => stage.workspace.messages(channel.id);
  const card = await until('the card is pinned', async () => (await messages()).find(({ pinned }) => pinned), 20);
  moment(`The card is pinned: ${card.text}`);
  const graph = await until(
    'the graph is there',
    async () => (await messages()).flatMap(({ files }) => files ?? []).at(0),
    30,
  );
  const bytes = await stage.workspace.file(graph.id);
  if (bytes.subarray(1, 4).toString() !== 'PNG') throw new Error('the graph is not a PNG');
  moment(
    `The graph of the last hour is there (${Math.round(bytes.length / 1024)} kB, ${stage.urls.control}/files/${graph.id}).`,
  );
  await until(
    'the summary in #shop-alerts',
    async () => (await stage.workspace.messages('shop-alerts')).length > 0,
    20,
  );
  return card;
}

/** Alice asks, and may not approve what she asked for; Bob may. */
async function peopleAct(
  { stage, moment }: Scene,
  { channel, card }: { channel: SeenChannel; card: SeenMessage },
): Promise<void> {
  const { workspace } = stage;
  await workspace.click({ user: 'alice', channel: channel.id, ts: card.ts, button: 'acknowledge' });
  moment('Alice acknowledges.');
  await until(
    'the playbook is proposed',
    async () => shownText(await messageAt(stage, channel, card.ts)).includes('Run Restart the shop'),
    20,
  );
  await workspace.click({ user: 'alice', channel: channel.id, ts: card.ts, button: 'run_playbook' });
  moment('Alice runs the playbook that the card proposes.');
  const ask = await until(
    'the approval card',
    async () => (await workspace.messages(channel.id)).find((message) => hasButton(message, 'approve')),
    20,
  );
  moment(`Approval is asked for: ${ask.text}`);
  await workspace.click({ user: 'alice', channel: channel.id, ts: ask.ts, button: 'approve' });
  const refusal = await until(
    'Alice hears why not',
    async () => (await workspace.whispers('alice')).find(({ text }) => text.includes('somebody else')),
    10,
  );
  moment(`Alice tries to approve her own run, and only she hears: “${refusal.text}”`);
  await workspace.click({ user: 'bob', channel: channel.id, ts: ask.ts, button: 'approve' });
  moment('Bob approves exactly that plan.');
}

async function repairIsSeen(
  { stage, moment }: Scene,
  { channel, logBefore }: { channel: SeenChannel; logBefore: string },
): Promise<void> {
  await until(
    'sshd sees Tocsin come in',
    async () => {
      await failEarly(stage, channel);
      return (await stage.environment.sshLog()).slice(logBefore.length).includes('Accepted publickey');
    },
    40,
  );
  moment('sshd let Tocsin in, by its key.');
  await until(
    'Prometheus sees a healthy shop again',
    async () => {
      await failEarly(stage, channel);
      return await stage.environment.shopHealthy();
    },
    40,
  );
  moment('The shop is healthy again, says Prometheus.');
  const done = await until(
    'the run has succeeded',
    async () => {
      await failEarly(stage, channel);
      return (await stage.workspace.messages(channel.id)).find(({ text }) => text.includes('succeeded'));
    },
    40,
  );
  moment(`The run is over: ${done.text}`);
}

/** A run that failed will not get better by waiting. */
async function failEarly(stage: Stage, channel: SeenChannel): Promise<void> {
  const bad = (await stage.workspace.messages(channel.id)).find(({ text }) =>
    /Restart the shop (failed|needs attention|cancelled)/.test(text),
  );
  if (bad) throw new Error(`the run went wrong:\n${shownText(bad)}`);
}

async function resolves({ stage, moment }: Scene, channel: SeenChannel): Promise<void> {
  await until('Alertmanager has nothing firing', async () => (await firingAlerts(stage)) === 0, 40);
  moment('Nothing fires any more, says Alertmanager.');
  await until('the incident is resolved', async () => (await topicOf(stage, channel)).includes('Resolved'), 40);
  moment(`Resolved: “${await topicOf(stage, channel)}”.`);
  const limited = await stage.workspace.rateLimited();
  if (limited) throw new Error(`Slack's rate limits were run into ${limited} times`);
  moment('With Slack’s real limits on, none was run into.');
}

async function firingAlerts({ environment }: Stage): Promise<number> {
  const answer = await fetch(`${environment.alertmanagerUrl}/api/v2/alerts?active=true`);
  return ((await answer.json()) as unknown[]).length;
}

const topicOf = async ({ workspace }: Stage, channel: SeenChannel): Promise<string> =>
  (await workspace.channels()).find(({ id }) => id === channel.id)?.topic ?? '';

async function messageAt({ workspace }: Stage, channel: SeenChannel, ts: string): Promise<SeenMessage> {
  const found = (await workspace.messages(channel.id)).find((message) => message.ts === ts);
  if (!found) throw new Error('the card is gone');
  return found;
}

const hasButton = (message: SeenMessage, button: string): boolean =>
  JSON.stringify([message.blocks, message.attachments]).includes(`"action_id":"${button}`);

/** Asks until there is an answer; seconds are how long it may take. */
async function until<T>(what: string, ask: () => Promise<T | undefined | false>, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await pause(100);
  }
  throw new Error(`waited ${seconds} s in vain: ${what}`);
}
