/** Start and idle memory: Tocsin, the same program as tsc compiles it, and Node-RED, one after the other in each round. */
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/servers.ts';
import { type Surroundings, startSurroundings } from './installation.ts';
import { measuredStart, type Server, type Started } from './processes.ts';
import { rivals } from './rivals.ts';
import { median, type Row, rounds } from './table.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

interface Times {
  readonly name: string;
  readonly server: () => Promise<Server>;
  readonly starts: Started[];
}

export async function startRows(): Promise<readonly Row[]> {
  const around = await startSurroundings('off');
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-bench-start-'));
  try {
    await compile(dir);
    const all = [ours(around), compiled(around, dir), ...(rivals ? [nodeRed(rivals, dir)] : [])].map(timesOf);
    // What Node compiled in the first start is there for the next ones, as it would be for yours.
    const [first] = all;
    if (first) await measuredStart(await first.server());
    for (let round = 0; round < rounds; round += 1)
      for (const { server, starts } of all) starts.push(await measuredStart(await server()));
    return rowsOf(all);
  } finally {
    await around.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

type Contender = Omit<Times, 'starts'>;
const timesOf = (contender: Contender): Times => ({ ...contender, starts: [] });

const serve = async (around: Surroundings, { cli, env = {} }: { cli: string; env?: Record<string, string> }) => {
  const port = await freePort();
  const args = [cli, 'serve'];
  return { args, env: { ...around.env(port), ...env }, cwd: project, ready: `http://127.0.0.1:${port}/readyz` };
};

const ours = (around: Surroundings): Contender => ({
  name: 'Tocsin',
  server: () => serve(around, { cli: join(project, 'src/cli.ts') }),
});

/** As a TypeScript service is usually shipped: JavaScript beside `node_modules`. */
const compiled = (around: Surroundings, dir: string): Contender => ({
  name: 'the same, compiled by tsc',
  server: () => serve(around, { cli: join(dir, 'src/cli.js'), env: { NODE_DISABLE_COMPILE_CACHE: '1' } }),
});

async function compile(dir: string): Promise<void> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const options = ['--noEmit', 'false', '--noCheck', '--rewriteRelativeImportExtensions', '--rootDir', project];
  execFileSync(process.execPath, [tsc, '-p', project, ...options, '--outDir', dir], { stdio: 'inherit' });
  // Scripts for Redis and for shells, read at run time.
  cpSync(join(project, 'src'), join(dir, 'src'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  await symlink(join(project, 'node_modules'), join(dir, 'node_modules'));
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
}

/** A flow editor that people receive webhooks with. */
const nodeRed = (from: string, dir: string): Contender => ({
  name: 'Node-RED',
  server: async () => {
    const port = await freePort();
    const settings = join(dir, 'node-red.cjs');
    const quiet = { uiHost: '127.0.0.1', logging: { console: { level: 'off' } }, telemetry: { enabled: false } };
    await writeFile(settings, `module.exports = ${JSON.stringify(quiet)};`);
    const args = [
      join(from, 'node_modules/node-red/red.js'),
      '-s',
      settings,
      '-u',
      join(dir, 'flows'),
      '-p',
      `${port}`,
    ];
    return { args, ready: `http://127.0.0.1:${port}/` };
  },
});

function rowsOf([mine, ...others]: readonly Times[]): readonly Row[] {
  if (!mine) return [];
  const ready = median(mine.starts.map(({ readyMs }) => readyMs));
  const idle = median(mine.starts.map(({ residentMb }) => residentMb));
  return [
    { name: 'start to ready', ours: ready, unit: 'ms', target: { limit: 455 } },
    ...others.map(({ name, starts }) => ({
      name: 'start to ready',
      against: name,
      theirs: median(starts.map(({ readyMs }) => readyMs)),
      ours: ready,
      unit: 'ms',
      target: { most: 0.4 },
    })),
    { name: 'memory, idle', ours: idle, unit: 'MB', target: { limit: 80 } },
    ...others.map(({ name, starts }) => ({
      name: 'memory, idle',
      against: name,
      theirs: median(starts.map(({ residentMb }) => residentMb)),
      ours: idle,
      unit: 'MB',
      target: { most: 1 },
    })),
  ];
}
