/** What all of them draw: an hour of six series, a point every 15 s, in the same number of pixels. */
import { performance } from 'node:perf_hooks';
import type { Chart } from '../../../src/evidence/chart/chart.ts';
import type { Drawn } from '../graph.ts';

/** As Tocsin draws it, in points; a picture has twice as many pixels each way. */
export const width = 840;
export const height = 530;
export const limit = 2;
export const title = 'HighLatency';
export const subtitle = 'histogram_quantile(0.99, sum by (le, pod) (rate(http_seconds_bucket[5m]))) > 2';

const to = Date.parse('2026-11-22T15:53:20Z');
const count = 240;
const stepMs = 15_000;

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** The same noise each time. */
export const series: readonly Series[] = Array.from({ length: 6 }, (_, at) => ({
  name: `instance=10.1.0.${at}:9100, pod=api-${at}`,
  points: Array.from({ length: count }, (_, point) => ({
    at: to - (count - 1 - point) * stepMs,
    value: 1 + Math.sin(point / (9 + at)) / 3 + ((point * 7919 + at * 104_729) % 97) / 200 + (point > 200 ? 1.2 : 0),
  })),
}));

export const chart: Chart = {
  ...{ title, subtitle, unit: 'seconds', series, more: 0, gapMs: stepMs * 1.5 },
  ...{ from: to - (count - 1) * stepMs, to },
  threshold: { value: limit, operator: '>' },
  mark: { at: to - 600_000, label: 'firing 15:43:20' },
};

const warmUp = 5;
const measured = 15;

/** Draws again and again, and prints what one of them cost. */
export async function report(draw: () => Promise<Uint8Array>): Promise<void> {
  for (let n = 0; n < warmUp; n += 1) await draw();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  let bytes = 0;
  for (let n = 0; n < measured; n += 1) bytes = (await draw()).length;
  const { active } = performance.eventLoopUtilization(loop);
  const { user, system } = process.cpuUsage(cpu);
  const drawn: Drawn = { cpuMs: (user + system) / 1000 / measured, mainMs: active / measured, bytes };
  console.log(JSON.stringify(drawn));
}
