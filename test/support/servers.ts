/** Real servers for tests: each on a free loopback port, in a folder of its own, gone when the test says so or dies. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alertmanager, type AlertmanagerOptions, startAlertmanagerIn } from '../../src/demo/alertmanager.ts';
import { type Prometheus, type PrometheusOptions, startPrometheusIn } from '../../src/demo/prometheus.ts';
import { type Redis, type RedisOptions, startRedisIn } from '../../src/demo/redis.ts';
import { type Sshd, type SshdOptions, startSshdIn } from '../../src/demo/sshd.ts';

export { freePort } from '../../src/demo/ports.ts';

type InOwnFolder<O extends { dir: string }> = Omit<O, 'dir'> & { readonly dir?: string };

/** Give `dir` (and `port`) of an earlier one to start it again on the same data; a folder given is kept by `stop`. */
export function startRedis(options: InOwnFolder<RedisOptions> = {}): Promise<Redis> {
  return inFolder(options.dir, 'redis', (dir) => startRedisIn({ ...options, dir }));
}

export function startPrometheus(options: InOwnFolder<PrometheusOptions>): Promise<Prometheus> {
  return inFolder(options.dir, 'prometheus', (dir) => startPrometheusIn({ ...options, dir }));
}

export function startAlertmanager(options: InOwnFolder<AlertmanagerOptions>): Promise<Alertmanager> {
  return inFolder(options.dir, 'alertmanager', (dir) => startAlertmanagerIn({ ...options, dir }));
}

/** Whoever runs the tests logs in, with `privateKey`. */
export function startSshd(options: InOwnFolder<SshdOptions> = {}): Promise<Sshd> {
  return inFolder(options.dir, 'sshd', (dir) => startSshdIn({ ...options, dir }));
}

/** A folder of the test's own unless it brings one, removed after `stop`. */
async function inFolder<S extends { stop(): Promise<void> }>(
  given: string | undefined,
  name: string,
  start: (dir: string) => Promise<S>,
): Promise<S> {
  const dir = given ?? (await mkdtemp(join(tmpdir(), `tocsin-${name}-`)));
  const clean = () => (given ? Promise.resolve() : rm(dir, { recursive: true, force: true }));
  try {
    const server = await start(dir);
    return { ...server, stop: () => server.stop().then(clean) };
  } catch (error) {
    await clean();
    throw error;
  }
}
