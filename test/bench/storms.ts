/** Storms: ten thousand alerts acknowledged and durable, what they cost in memory, and how long one body stops everything. */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { cardRows } from './card.ts';
import { metric } from './installation.ts';
import { type Setting, settled, startSetting } from './setting.ts';
import { bodies, post, type Shape, send, shapes } from './storm.ts';
import { median, type Row, rounds } from './table.ts';

const megabyte = 1024 * 1024;
const quietMs = 30_000;

export async function stormRows(): Promise<readonly Row[]> {
  const setting = await startSetting();
  try {
    const rows = [...(await cardRows(setting.tocsin)), ...(await shapeRows(setting)), await pauseRow(setting)];
    return [...rows, await memoryRow(setting)];
  } finally {
    await setting.stop();
  }
}

interface Times {
  readonly floor: number[];
  readonly naive: number[];
  readonly ours: number[];
}

async function shapeRows(setting: Setting): Promise<readonly Row[]> {
  const times = new Map<Shape, Times>(shapes.map((shape) => [shape, { floor: [], naive: [], ours: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, shape] of shapes.entries()) {
      const storm = bodies(shape, `Storm${round}x${at}`);
      const of = times.get(shape);
      of?.floor.push(await send(setting.floor.url, storm));
      of?.ours.push(await send(setting.tocsin.webhook, storm));
      await settled(setting);
      of?.naive.push(await send(setting.naive.url, storm));
      await settled(setting);
    }
  }
  return [...times].flatMap(([shape, of]) => rowsOf(shape, of));
}

function rowsOf({ webhooks, alerts }: Shape, { floor, naive, ours }: Times): readonly Row[] {
  const name = `storm of 10,000 alerts, ${webhooks} × ${alerts}: acknowledged and durable`;
  const mine = median(ours);
  const rival = { name, against: 'express + zod + a job per alert', theirs: median(naive), ours: mine, unit: 'ms' };
  const rows: Row[] = [
    { name, against: 'floor', theirs: median(floor), ours: mine, unit: 'ms', target: { most: 1.5 } },
  ];
  if (webhooks === 100) rows.push({ ...rival, target: { least: 5 } });
  if (webhooks === 10_000) rows.push({ ...rival, target: { least: 3.5 } });
  return rows;
}

/** How long nothing else could be done while one body of 10,000 alerts was taken in, against parsing it alone. */
async function pauseRow(setting: Setting): Promise<Row> {
  const { tocsin, floor } = setting;
  const lag = () => metric(tocsin.url, 'tocsin_nodejs_eventloop_lag_max_seconds');
  const pauses: number[] = [];
  const parses: number[] = [];
  const agent = new Agent({ keepAlive: true });
  for (let round = 0; round < rounds; round += 1) {
    const [body = Buffer.alloc(0)] = bodies({ webhooks: 1, alerts: 10_000 }, `Pause${round}`);
    const answer = await fetch(floor.url, { method: 'POST', body: new Uint8Array(body) });
    parses.push(Number(answer.headers.get('x-parse-ms')));
    await lag();
    await post(tocsin.webhook, body, agent);
    await settled(setting);
    pauses.push((await lag()) * 1000);
  }
  agent.destroy();
  return {
    name: 'longest pause of the event loop, one body of 11 MB',
    against: 'JSON.parse alone',
    theirs: median(parses),
    ours: median(pauses),
    unit: 'ms',
    target: { most: 1.2 },
  };
}

async function memoryRow({ tocsin }: Setting): Promise<Row> {
  const used = async () => (await metric(tocsin.url, 'tocsin_process_resident_memory_bytes')) / megabyte;
  const atOnce = await used();
  await pause(quietMs);
  return {
    name: `memory, ${quietMs / 1000} s after the storms`,
    against: 'right after them',
    theirs: atOnce,
    ours: await used(),
    unit: 'MB',
    target: { limit: 150 },
  };
}
