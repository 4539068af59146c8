/** Everything one running simulator holds, handed to whoever needs a part of it. */
import { type Changes, changes } from './changes.ts';
import type { Clock } from './clock.ts';
import { type EnvelopeLog, envelopeLog } from './envelopes.ts';
import { type Faults, faults } from './faults.ts';
import { type HttpDelivery, httpDelivery } from './http-delivery.ts';
import { type Ledger, ledger } from './ledger.ts';
import type { Lever } from './levers.ts';
import { type App, readApp } from './manifest.ts';
import { type Ephemeral, timestamps } from './messages.ts';
import type { Json } from './refusal.ts';
import { type Limiter, limiter } from './rules/limits.ts';
import { type Sockets, sockets } from './socket.ts';
import { type Triggers, triggers } from './triggers.ts';
import { openWorkspace, type Workspace, type WorkspaceSeed } from './workspace.ts';

export interface StoredFile extends Json {
  id: string;
  name: string;
}

export interface Upload {
  file: StoredFile;
  bytes: Buffer | undefined;
}

export interface View extends Json {
  id: string;
  hash: string;
}

export interface World {
  app: App;
  tokens: { bot: string; app: string };
  clock: Clock;
  limits: Limiter;
  faults: Faults;
  ledger: Ledger;
  envelopes: EnvelopeLog;
  changes: Changes;
  /** Of whoever started the simulator. */
  levers: readonly Lever[];
  triggers: Triggers;
  sockets: Sockets;
  http: HttpDelivery;
  baseUrl(): string;
  nextTs(): string;
  /** A fresh id such as `F0000001` or, in lower case, a block's. */
  nextId(prefix: string): string;
  workspace: Workspace;
  ephemerals: Ephemeral[];
  uploads: Map<string, Upload>;
  files: Map<string, Upload>;
  /** Open modals of each person, the uppermost last. */
  modals: Map<string, View[]>;
  homes: Map<string, View>;
  /** The latest message that each person saw, by `user channel`. */
  reads: Map<string, string>;
  /** What the app last suggested to each person in each of its menus. */
  offers: Map<string, Json[]>;
  reset(): void;
}

export interface WorldOptions {
  manifest: string | Json;
  seed: WorkspaceSeed;
  tokens: { bot: string; app: string };
  signingSecret: string;
  requestUrl?: string | undefined;
  limits: 'slack' | 'off';
  clock: Clock;
  levers: readonly Lever[];
  baseUrl(): string;
}

export function createWorld({ manifest, seed, tokens, limits, clock, levers, baseUrl, ...web }: WorldOptions): World {
  const app = readApp(manifest);
  const now = () => clock.now();
  const news = changes();
  const envelopes = envelopeLog({ now, onChange: news.tell });
  const http = httpDelivery({ app, clock, ...web });
  let ids = 0;
  const world: World = {
    app,
    tokens,
    clock,
    baseUrl,
    limits: limiter(clock, limits),
    faults: faults(now),
    ledger: ledger(),
    envelopes,
    changes: news,
    levers,
    triggers: triggers(now),
    sockets: sockets({ clock, app, http, baseUrl, envelopes, onChange: news.tell }),
    http,
    nextTs: timestamps(now),
    nextId: (prefix) => {
      ids += 1;
      return `${prefix}${ids.toString(36).padStart(8, '0')}`[
        prefix === prefix.toUpperCase() ? 'toUpperCase' : 'toString'
      ]();
    },
    ...emptied(),
    workspace: openWorkspace(seed, app, clock.now()),
    reset: () => {
      Object.assign(world, emptied(), { workspace: openWorkspace(seed, app, clock.now()) });
      for (const part of [world.limits, world.ledger, world.envelopes, world.triggers]) part.reset();
      world.faults.clear();
    },
  };
  return world;
}

const emptied = () => ({
  ephemerals: [] as Ephemeral[],
  uploads: new Map<string, Upload>(),
  files: new Map<string, Upload>(),
  modals: new Map<string, View[]>(),
  homes: new Map<string, View>(),
  reads: new Map<string, string>(),
  offers: new Map<string, Json[]>(),
});
