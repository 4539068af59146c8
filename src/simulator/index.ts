/** Starts a local Slack workspace that an app can talk to instead of Slack. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from './clock.ts';
import type { Lever } from './levers.ts';
import type { Json } from './refusal.ts';
import { createHttpServer } from './server.ts';
import { defaultSeed, type WorkspaceSeed } from './workspace.ts';
import { createWorld } from './world.ts';

export type { Clock } from './clock.ts';
export type { Lever } from './levers.ts';
export type { WorkspaceSeed } from './workspace.ts';

export interface SimulatorOptions {
  /** The manifest as an object, as YAML text, or the path of manifest.yml. */
  manifest: string | object;
  /** 0, the default, takes a free one. */
  port?: number | undefined;
  host?: string | undefined;
  workspace?: WorkspaceSeed | undefined;
  /** Slack's rate limits, on unless told. */
  limits?: 'slack' | 'off' | undefined;
  clock?: Clock | undefined;
  /** Buttons on the page that do something to the world around the workspace. */
  levers?: readonly Lever[] | undefined;
  /** HTTP mode: where requests go, whatever the manifest's own request URLs are. */
  requestUrl?: string | undefined;
  botToken?: string | undefined;
  appToken?: string | undefined;
}

export interface Simulator {
  /** Also the workspace page, for a browser. */
  url: string;
  /** For Bolt's `clientOptions.slackApiUrl`: ends with a slash. */
  apiUrl: string;
  controlUrl: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  botUserId: string;
  close(): Promise<void>;
}

const signingSecret = 'simulator-signing-secret';

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', botToken = 'xoxb-simulator', appToken = 'xapp-simulator' } = options;
  let url = '';
  const world = createWorld({
    manifest: readManifest(options.manifest),
    seed: options.workspace ?? defaultSeed,
    tokens: { bot: botToken, app: appToken },
    signingSecret,
    requestUrl: options.requestUrl,
    limits: options.limits ?? 'slack',
    clock: options.clock ?? systemClock,
    levers: options.levers ?? [],
    baseUrl: () => url,
  });
  const server = createHttpServer(world);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    url,
    apiUrl: `${url}/api/`,
    controlUrl: `${url}/_control`,
    botToken,
    appToken,
    signingSecret,
    botUserId: world.workspace.botUserId,
    close: async () => {
      await world.sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const isPath = (manifest: string) => !manifest.includes('\n') && /\.(ya?ml|json)$/.test(manifest);

function readManifest(manifest: string | object): string | Json {
  if (typeof manifest !== 'string') return manifest as Json;
  return isPath(manifest) ? readFileSync(manifest, 'utf8') : manifest;
}
