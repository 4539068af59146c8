#!/usr/bin/env node
/** What the npm scripts call: makes sure of Node, dependencies and servers, then runs the command. Old Nodes can read it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowser } from './setup/browser.mjs';
import { become } from './setup/commands.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNode, withNode } from './setup/node.mjs';
import { ensureRivals } from './setup/rivals.mjs';
import { withCompiled, withLittleMemory } from './setup/runtime.mjs';
import { explain, SetupError } from './setup/say.mjs';
import { ensureServers } from './setup/servers.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const script = (path) => join(project, path);
const vitest = script('node_modules/vitest/vitest.mjs');

/** Each command: which programs run, one after the other, and whether real servers are wanted. */
const commands = {
  serve: { programs: (args) => [[script('src/cli.ts'), 'serve', ...args]], isServer: true },
  demo: { programs: (args) => [[script('src/demo/main.ts'), ...args]], isServer: true, needsServers: true },
  test: { programs: (args) => [[vitest, 'run', ...args]], needsServers: true, needsBrowser: true },
  'test:crash': { programs: (args) => [[script('test/crash/main.ts'), ...args]], needsServers: true },
  bench: {
    programs: (args) => [[script('test/bench/main.ts'), ...args]],
    isServer: true,
    needsServers: true,
    needsRivals: true,
  },
  check: {
    programs: () => [
      [script('node_modules/typescript/bin/tsc'), '-p', project],
      [script('node_modules/typescript/bin/tsc'), '-p', script('src/simulator/page')],
      [script('node_modules/@biomejs/biome/bin/biome'), 'check', project],
      [script('node_modules/knip/bin/knip.js')],
      [vitest, 'run', 'test/house'],
    ],
  },
};

async function run([name = '', ...given]) {
  const command = commands[name];
  if (!command) throw new SetupError(`\`${name}\` is none of: ${Object.keys(commands).join(', ')}.`);
  const args = given.filter((argument) => argument !== '--install');
  const install = args.length < given.length || process.env.CI === 'true';
  const node = await ensureNode();
  await ensureDependencies(project, node);
  const places = {
    ...(command.needsServers ? await ensureServers({ install }) : {}),
    ...(command.needsBrowser ? await ensureBrowser({ install }) : {}),
    ...(command.needsRivals ? await ensureRivals(node) : {}),
  };
  const environment = withCompiled(project, { ...withNode(node), ...places });
  for (const program of command.programs(args)) {
    const code = await become(
      node,
      ['--disable-warning=ExperimentalWarning', ...program],
      command.isServer ? withLittleMemory(environment) : environment,
    );
    if (code !== 0) return code;
  }
  return 0;
}

run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, explain);
