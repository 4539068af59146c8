/** An hour of the shop's past for Prometheus, so that a graph of the last hour has something to show. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binaryOf } from './binaries.ts';

const pastMs = 3_600_000;
const stepMs = 15_000;
const requestsPerSecond = 40;
const usualErrorRatio = 0.0095;

export async function backfill({
  dir,
  labels,
}: {
  dir: string;
  labels: Readonly<Record<string, string>>;
}): Promise<void> {
  const path = join(dir, 'history.om');
  await mkdir(join(dir, 'data'), { recursive: true });
  await writeFile(path, openMetrics(labels, Date.now()));
  await promisify(execFile)(binaryOf('promtool'), [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    path,
    join(dir, 'data'),
  ]);
}

function openMetrics(labels: Readonly<Record<string, string>>, nowMs: number): string {
  const selector = `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
  const times = Array.from({ length: pastMs / stepMs }, (_, index) => nowMs - pastMs + index * stepMs);
  const series = (name: string, value: (index: number) => number) =>
    times.map((time, index) => `${name}${selector} ${value(index).toFixed(4)} ${(time / 1000).toFixed(3)}`);
  const requests = (index: number) => Math.round((index * stepMs * requestsPerSecond) / 1000);
  return [
    '# TYPE shop_error_ratio gauge',
    ...series('shop_error_ratio', ratioAt),
    '# TYPE shop_requests counter',
    ...series('shop_requests_total', requests),
    '# TYPE shop_errors counter',
    ...series('shop_errors_total', (index) => Math.round(requests(index) * usualErrorRatio)),
    '# TYPE up gauge',
    ...series('up', () => 1),
    '# EOF',
    '',
  ].join('\n');
}

/** Between half a percent and two, swaying slowly, with the noise of single bad cards. */
function ratioAt(index: number): number {
  const sway = 0.002 * Math.sin(index / 19) + 0.001 * Math.sin(index / 5);
  return Math.max(0.002, usualErrorRatio + sway + 0.004 * (Math.random() + Math.random() - 1));
}
