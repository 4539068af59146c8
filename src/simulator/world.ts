/** Everything one running simulator holds, handed to whoever needs a part of it. */
import type { Clock } from './clock.ts';
import { type Faults, faults } from './faults.ts';
import { type Ledger, ledger } from './ledger.ts';
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
  triggers: Triggers;
  sockets: Sockets;
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
  reset(): void;
}

export interface WorldOptions {
  manifest: string | Json;
  seed: WorkspaceSeed;
  tokens: { bot: string; app: string };
  limits: 'slack' | 'off';
  clock: Clock;
  baseUrl(): string;
}

export function createWorld({ manifest, seed, tokens, limits, clock, baseUrl }: WorldOptions): World {
  const app = readApp(manifest);
  const now = () => clock.now();
  let ids = 0;
  const world: World = {
    app,
    tokens,
    clock,
    baseUrl,
    limits: limiter(clock, limits),
    faults: faults(),
    ledger: ledger(),
    triggers: triggers(now),
    sockets: sockets({ clock, app, baseUrl }),
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
      for (const part of [world.limits, world.ledger, world.triggers]) part.reset();
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
});
