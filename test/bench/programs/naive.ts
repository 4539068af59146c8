/** The rival: what one would write first. Express, a schema, and a BullMQ job for each alert. */
import type { AddressInfo } from 'node:net';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import { z } from 'zod';

const Labels = z.record(z.string(), z.string());
const Webhook = z.looseObject({
  version: z.literal('4'),
  groupKey: z.string(),
  alerts: z.array(
    z.looseObject({
      status: z.enum(['firing', 'resolved']),
      labels: Labels,
      annotations: Labels,
      startsAt: z.iso.datetime(),
      fingerprint: z.string(),
    }),
  ),
});

const queue = new Queue('naive', { connection: new Redis(process.argv[2] ?? '', { maxRetriesPerRequest: null }) });
const app = express();
app.use(express.json({ limit: '64mb' }));
app.post('/', async (request, response) => {
  const { alerts } = Webhook.parse(request.body);
  await Promise.all(alerts.map((alert) => queue.add('alert', alert)));
  response.sendStatus(202);
});
const server = app.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
