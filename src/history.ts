/** How this installation seals its history: with which key, where the ends of histories are written down, and where they go. */
import { join } from 'node:path';
import { headsFile } from './blobs/heads.ts';
import { ownHistoryKey } from './blobs/history-key.ts';
import type { Config } from './config/config.ts';
import type { AggregateId } from './domain/ids.ts';
import { keyedSeal, plainSeal, type Seal } from './store/chain.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export const headsPath = ({ blobs }: Config): string => join(blobs.folder, 'heads.jsonl');
export const historyKeyPath = ({ blobs }: Config): string => join(blobs.folder, 'history.key');

export const archiveFolder = ({ blobs }: Config): string => join(blobs.folder, 'archive');

export interface Historian {
  readonly seal: Seal;
  onHead(id: AggregateId, head: string): void;
  stop(): Promise<void>;
}

const writtenEveryMs = 3_600_000;

export async function historianOf(config: Config, { log }: Telemetry): Promise<Historian> {
  const heads = headsFile({ path: headsPath(config), log, now: () => Date.now() });
  const timer = setInterval(() => heads.write(), writtenEveryMs).unref();
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await heads.write();
  };
  return { seal: await sealOf(config, log), onHead: heads.moved, stop };
}

/** Several processes on one Redis must have one key: then it is named. */
const unsealed =
  'history has no key: whoever may write to Redis could forge it. Set history.key (openssl rand -hex 32), the same for all processes.';

async function sealOf(config: Config, log: Telemetry['log']): Promise<Seal> {
  const { history, redis } = config;
  if (history.key) return keyedSeal(history.key.reveal());
  if (redis.kind === 'embedded') return keyedSeal(await ownHistoryKey(historyKeyPath(config)));
  log.warn(unsealed);
  return plainSeal;
}
