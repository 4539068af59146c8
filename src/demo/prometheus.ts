/** A real Prometheus on loopback, whose links work: its external URL is where it listens. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { binaryOf } from './binaries.ts';
import { type Document, writeDocuments } from './documents.ts';
import { freePort } from './ports.ts';
import { answers, type ServerProcess, startProcess } from './processes.ts';

export type PrometheusOptions = {
  readonly dir: string;
  /** YAML text, or an object. */
  readonly config: Document;
  /** Files beside the configuration, for example `{'rules.yml': {groups: []}}` for `rule_files: ['rules.yml']`. */
  readonly files?: Readonly<Record<string, Document>>;
  readonly port?: number;
};

export type Prometheus = ServerProcess & { readonly url: string; readonly port: number; readonly dir: string };

export async function startPrometheusIn({
  dir,
  config,
  files = {},
  ...options
}: PrometheusOptions): Promise<Prometheus> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  await mkdir(join(dir, 'data'), { recursive: true });
  await writeDocuments(dir, { ...files, 'prometheus.yml': config });
  const storage = [`--config.file=${join(dir, 'prometheus.yml')}`, `--storage.tsdb.path=${join(dir, 'data')}`];
  const web = [`--web.listen-address=127.0.0.1:${port}`, `--web.external-url=${url}`, '--web.enable-lifecycle'];
  const server = await startProcess({
    name: 'Prometheus',
    command: binaryOf('prometheus'),
    args: [...storage, ...web],
    isReady: () => answers(`${url}/-/ready`),
  });
  return { ...server, url, port, dir };
}
