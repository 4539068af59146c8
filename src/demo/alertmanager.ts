/** A real Alertmanager on loopback, alone or gossiping with others as in a highly available pair. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { binaryOf } from './binaries.ts';
import { type Document, writeDocuments } from './documents.ts';
import { freePort } from './ports.ts';
import { answers, type ServerProcess, startProcess } from './processes.ts';

export type AlertmanagerOptions = {
  readonly dir: string;
  /** YAML text, or an object. */
  readonly config: Document;
  readonly port?: number;
  /** Cluster addresses of the others; `[]` for the first of a cluster; left out, it stays alone. */
  readonly peers?: readonly string[];
  /** More flags, for example `--cluster.peer-timeout=2s`. */
  readonly args?: readonly string[];
};

export type Alertmanager = ServerProcess & {
  readonly url: string;
  readonly port: number;
  readonly clusterAddress: string | undefined;
};

export async function startAlertmanagerIn({
  dir,
  config,
  peers,
  args = [],
  ...options
}: AlertmanagerOptions): Promise<Alertmanager> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const clusterAddress = peers ? `127.0.0.1:${await freePort()}` : undefined;
  await mkdir(join(dir, 'data'), { recursive: true });
  await writeDocuments(dir, { 'alertmanager.yml': config });
  const storage = [`--config.file=${join(dir, 'alertmanager.yml')}`, `--storage.path=${join(dir, 'data')}`];
  const web = [`--web.listen-address=127.0.0.1:${port}`, `--web.external-url=${url}`];
  // Alertmanager: an empty address turns gossip off; left out, it would bind 9094 on every interface.
  const cluster = [
    `--cluster.listen-address=${clusterAddress ?? ''}`,
    ...(peers ?? []).map((peer) => `--cluster.peer=${peer}`),
  ];
  const server = await startProcess({
    name: 'Alertmanager',
    command: binaryOf('alertmanager'),
    args: [...storage, ...web, ...cluster, ...args],
    isReady: () => answers(`${url}/-/ready`),
  });
  return { ...server, url, port, clusterAddress };
}
