/** Who may import what: the table of the house, as data. */

export interface Row {
  /** Parts of src that it may import, besides itself. */
  readonly ours: readonly string[];
  /** Parts of which it may import types, and nothing that runs. */
  readonly types?: readonly string[];
  readonly sentence: string;
}

const shelf: Row = {
  ours: ['domain', 'clients'],
  types: ['engine/ports.ts'],
  sentence:
    'A shelf imports the domain, types of src/engine/ports.ts, clients and its own packages; never another shelf.',
};
const outpost: Row = {
  ours: ['domain'],
  sentence: 'Clients, config and telemetry import the domain and their own packages only.',
};
const stranger: Row = {
  ours: [],
  sentence: 'The simulator and the demo import nothing of the bot: they speak to it as the real world does.',
};
const anything = [
  ...['domain', 'engine', 'clients', 'config', 'telemetry'],
  ...['sources', 'evidence', 'steps', 'playbooks', 'slack', 'queue', 'store', 'blobs', 'http', 'doctor', 'rehearsal'],
];

/** Every part of src stands here. */
export const parts: Readonly<Record<string, Row>> = {
  domain: { ours: [], sentence: 'The domain imports the domain only.' },
  engine: { ours: ['domain'], sentence: 'The engine imports the domain only.' },
  clients: outpost,
  config: outpost,
  telemetry: outpost,
  sources: shelf,
  evidence: shelf,
  steps: shelf,
  playbooks: shelf,
  slack: shelf,
  queue: shelf,
  store: shelf,
  blobs: shelf,
  http: shelf,
  doctor: shelf,
  simulator: stranger,
  demo: { ...stranger, ours: ['simulator'] },
  rehearsal: {
    ours: ['domain', 'engine', 'clients', 'playbooks', 'steps', 'queue', 'store', 'blobs'],
    sentence:
      'Rehearsals play the production engine on stores in memory: they import what decides, and nothing that reaches anybody.',
  },
  // Files that lie in src itself: main.ts, cli.ts.
  '.': { ours: anything, sentence: 'The composition root imports anything of the bot, and nobody imports it.' },
};

/** Which parts may import an npm package. Every package that src imports stands here. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  '@marcbachmann/cel-js': ['playbooks'],
  '@resvg/resvg-js': ['evidence'],
  '@slack/bolt': ['slack'],
  '@slack/types': ['slack'],
  '@slack/web-api': ['slack'],
  axios: ['clients'],
  bullmq: ['queue'],
  commander: ['.'],
  'cron-parser': ['playbooks'],
  'dejavu-fonts-ttf': ['evidence'],
  'ical.js': ['config'],
  ioredis: ['store', 'queue'],
  'js-yaml': ['playbooks'],
  'node-ssh': ['clients'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  re2js: ['playbooks'],
  ssh2: ['clients'],
  ws: ['simulator'],
  yaml: ['playbooks', 'config', 'simulator'],
  zod: ['clients', 'config', 'playbooks', 'sources', 'steps', 'evidence'],
};
