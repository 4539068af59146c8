/** Slack's limits, as the simulated Slack enforces them in real time: used to the full, never overrun, and the worst trouble first. */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { bucketsOf } from '../../src/slack/limits.ts';
import { type Call, callsOf, type Installation, startInstallation } from './installation.ts';
import { bodies, post } from './storm.ts';
import { median, type Row, rounds } from './table.ts';

export async function slackRows(): Promise<readonly Row[]> {
  const tocsin = await startInstallation('slack');
  try {
    const rows = [await stalenessRow(tocsin), ...(await queueRows(tocsin))];
    const { ratelimited } = (await (await fetch(`${tocsin.slackControl}/ledger`)).json()) as { ratelimited: number };
    return [...rows, { name: 'calls that Slack answered with 429', ours: ratelimited, unit: '', target: { limit: 0 } }];
  } finally {
    await tocsin.stop();
  }
}

const agent = new Agent({ keepAlive: true });

async function alert(tocsin: Installation, storm: string, { severity = 'info', number = 0 } = {}): Promise<void> {
  const body = bodies({ webhooks: number + 1, alerts: 1 }, storm, severity)[number];
  if (body) await post(tocsin.webhook, body, agent);
}

const growing = 60;
const everyMs = 100;

/** An incident grows faster than its card may be edited: how soon after its last alert the card says so. */
async function stalenessRow(tocsin: Installation): Promise<Row> {
  const late: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const storm = `Growing${round}`;
    await alert(tocsin, storm, { severity: 'critical' });
    await found(tocsin, 'chat.postMessage', (call) => said(call, `post_card`) && said(call, storm));
    for (let number = 1; number < growing; number += 1) {
      await pause(everyMs);
      await alert(tocsin, storm, { severity: 'critical', number });
    }
    const last = Date.now();
    const shown = await found(tocsin, 'chat.update', (call) => said(call, `${growing} firing`) && said(call, storm));
    late.push(shown.at - last);
  }
  return {
    name: `the card's last state, after the last of ${growing} alerts in ${(growing * everyMs) / 1000} s`,
    ours: median(late),
    unit: 'ms',
    target: { limit: 2_000 },
  };
}

const queued = 500;
const urgentEveryMs = 10_000;

/** 500 incidents of sev3 wait for their channels: each sev1 that comes meanwhile goes before all of them. */
async function queueRows(tocsin: Installation): Promise<readonly Row[]> {
  const [{ burst, everyMs: spacing }] = bucketsOf({ method: 'conversations.create', urgency: 0 });
  // So long until the budget is full again.
  await pause(burst * spacing);
  const since = (await callsOf(tocsin.slackControl)).at(-1)?.n ?? 0;
  const creates = () => callsOf(tocsin.slackControl, 'conversations.create', since);
  for (let at = 0; at < queued; at += 1) await alert(tocsin, `Queued${at}`);
  const overtaking: number[] = [];
  const waited: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await pause(urgentEveryMs);
    const storm = `urgent${round}`;
    const began = Date.now();
    await alert(tocsin, storm, { severity: 'critical' });
    const card = await found(tocsin, 'chat.postMessage', (call) => said(call, 'post_card') && said(call, storm));
    waited.push(card.at - began);
    overtaking.push((await creates()).filter(({ at }) => at >= began && at <= card.at).length - 1);
  }
  const calls = await creates();
  const [first, last] = [calls[0], calls.at(-1)];
  const tookMs = (last?.at ?? 0) - (first?.at ?? 0);
  const leastMs = (calls.length - burst) * spacing;
  return [
    {
      name: `sev1 among ${queued} queued sev3: channels that went before its own (most)`,
      ours: Math.max(...overtaking),
      unit: '',
      target: { limit: 0 },
    },
    {
      name: `sev1 among ${queued} queued sev3: webhook to card`,
      against: 'time for one channel in the budget',
      theirs: spacing,
      ours: median(waited),
      unit: 'ms',
      target: { most: 1.05 },
    },
    {
      name: `use of the budget for channels (${burst} at once, then one each ${spacing / 1000} s; Slack: 20 a minute)`,
      ours: (100 * leastMs) / tookMs,
      unit: '%',
      target: { floor: 98 },
    },
  ];
}

const said = ({ args }: Call, text: string): boolean => JSON.stringify(args).includes(text);

async function found(tocsin: Installation, method: string, isIt: (call: Call) => boolean): Promise<Call> {
  for (;;) {
    const call = (await callsOf(tocsin.slackControl, method)).find((one) => one.ok && isIt(one));
    if (call) return call;
    await pause(50);
  }
}
