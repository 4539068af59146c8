/** Runs the simulator as a process: prints one JSON line when it is ready, ends on SIGTERM and SIGINT. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSimulator } from './index.ts';
import type { WorkspaceSeed } from './workspace.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      manifest: { type: 'string', default: 'manifest.yml' },
      limits: { type: 'string', default: 'slack' },
      workspace: { type: 'string' },
      'request-url': { type: 'string' },
    },
  });
  const { workspace, port, host, manifest, limits } = values;
  if (limits !== 'slack' && limits !== 'off') throw new Error(`--limits is "slack" or "off", not "${limits}".`);
  const seed = workspace ? (JSON.parse(readFileSync(workspace, 'utf8')) as WorkspaceSeed) : undefined;
  const simulator = await startSimulator({
    port: Number(port),
    host,
    manifest,
    limits,
    workspace: seed,
    requestUrl: values['request-url'],
  });
  const { url, apiUrl, controlUrl, botToken, appToken, signingSecret } = simulator;
  process.stdout.write(`${JSON.stringify({ url, apiUrl, controlUrl, botToken, appToken, signingSecret })}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close());
}

main().catch((error: unknown) => {
  process.stderr.write(`The simulator could not start. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
