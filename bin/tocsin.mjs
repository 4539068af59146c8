#!/usr/bin/env node
/** The `tocsin` command: src/cli.ts on a Node that can run it. */
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { become } from './setup/commands.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNode, withNode } from './setup/node.mjs';
import { useCompiled, withCompiled } from './setup/runtime.mjs';
import { explain } from './setup/say.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(project, 'src', 'cli.ts');

async function launch() {
  const node = await ensureNode();
  await ensureDependencies(project, node);
  // Where we are new enough ourselves, one process does.
  if (node === process.execPath) {
    useCompiled(project);
    return void (await import(pathToFileURL(cli).href));
  }
  process.exitCode = await become(
    node,
    ['--disable-warning=ExperimentalWarning', cli, ...process.argv.slice(2)],
    withCompiled(project, withNode(node)),
  );
}

launch().catch(explain);
