/** What the bench compares with and Tocsin itself does not use: from the npm registry, kept in the cache. */
import { cached } from './cache.mjs';
import { npm } from './node.mjs';
import { SetupError, say } from './say.mjs';

const packages = ['echarts@6.1.0', 'chart.js@4.6.1', '@napi-rs/canvas@1.1.1', 'node-red@5.0.7'];

/** Where they lie, as an environment variable; `none` makes the bench leave their rows out, and say so. */
export async function ensureRivals(node) {
  const name = `rivals/${packages.join('+').replaceAll('/', '-')}-${process.platform}-${process.arch}`;
  try {
    return { TOCSIN_RIVALS: process.env.TOCSIN_RIVALS || (await cached(name, (into) => fetchInto(into, node))) };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`The rivals of the bench could not be fetched, so their rows are left out. ${error.message}`);
    return { TOCSIN_RIVALS: 'none' };
  }
}

function fetchInto(into, node) {
  say(`Fetching what the bench compares with from the npm registry (once): ${packages.join(', ')}`);
  npm(node, ['install', '--prefix', into, '--ignore-scripts', '--no-audit', '--no-fund', ...packages], into);
}
