/** `npm run bench`: what receiving, deciding and showing cost, against floors and a rival, in one interleaved run. */
import { Agent } from 'node:http';
import { cardRow } from './card.ts';
import { costRows } from './cost.ts';
import { gauge, type Setting, settled, startSetting } from './setting.ts';
import { bodies, post, type Shape, send, shapes } from './storm.ts';
import { isMet, median, printed, type Row } from './table.ts';

const rounds = 5;
const megabyte = 1024 * 1024;

interface Times {
  readonly floor: number[];
  readonly naive: number[];
  readonly ours: number[];
}

async function storms(setting: Setting): Promise<readonly Row[]> {
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
  return [...times].flatMap(([shape, of]) => stormRows(shape, of));
}

function stormRows({ webhooks, alerts }: Shape, { floor, naive, ours }: Times): readonly Row[] {
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
  const lag = 'tocsin_nodejs_eventloop_lag_max_seconds';
  const pauses: number[] = [];
  const parses: number[] = [];
  const agent = new Agent({ keepAlive: true });
  for (let round = 0; round < rounds; round += 1) {
    const [body = Buffer.alloc(0)] = bodies({ webhooks: 1, alerts: 10_000 }, `Pause${round}`);
    const answer = await fetch(setting.floor.url, { method: 'POST', body: new Uint8Array(body) });
    parses.push(Number(answer.headers.get('x-parse-ms')));
    await gauge(setting, lag);
    await post(setting.tocsin.webhook, body, agent);
    await settled(setting);
    pauses.push((await gauge(setting, lag)) * 1000);
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

const memory = async (setting: Setting): Promise<number> =>
  (await gauge(setting, 'tocsin_process_resident_memory_bytes')) / megabyte;

const setting = await startSetting();
try {
  const idle = await memory(setting);
  const rows: Row[] = [
    {
      name: 'start to ready',
      ours: setting.tocsin.readyMs,
      unit: 'ms',
      target: { limit: 455 },
    },
    { name: 'memory, idle', ours: idle, unit: 'MB', target: { limit: 80 } },
    await cardRow(setting),
    ...(await storms(setting)),
    await pauseRow(setting),
    {
      name: 'memory, after the storms',
      against: 'idle',
      theirs: idle,
      ours: await memory(setting),
      unit: 'MB',
      target: { limit: 150 },
    },
    ...(await costRows(setting.redisUrl)),
  ];
  console.log(printed(rows));
  const missed = rows.filter((row) => !isMet(row)).length;
  console.log(`\n${rows.length - missed} of ${rows.length} targets met, medians of ${rounds} interleaved rounds.`);
  process.exitCode = missed ? 1 : 0;
} finally {
  await setting.stop();
}
