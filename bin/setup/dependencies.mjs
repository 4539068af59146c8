/** The packages of package-lock.json in node_modules: installed again only when the lock file changed. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './cache.mjs';
import { npm } from './node.mjs';
import { say } from './say.mjs';

export async function ensureDependencies(project, node) {
  const stamp = join(project, 'node_modules', '.tocsin-stamp');
  const current = stampOf(project);
  const isCurrent = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === current;
  if (isCurrent()) return;
  await alone(join(project, 'package-lock.json'), () => {
    if (isCurrent()) return;
    say('Installing the dependencies of package-lock.json');
    npm(node, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], project);
    writeFileSync(stamp, current);
  });
}

/** Some packages bring a binary of their own, so the system counts too. */
function stampOf(project) {
  const lock = createHash('sha256')
    .update(readFileSync(join(project, 'package-lock.json')))
    .digest('hex');
  return `${lock} ${process.platform} ${process.arch}\n`;
}
