/** Debian's Prometheus and Alertmanager read their pages and templates under /usr/share, which an unpacked one does not have. */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const folders = ['/usr/share/prometheus/alertmanager', '/usr/share/prometheus/web'];

/**
 * Rewrites those paths in the binary to ones below the working directory, and says whether there were any. A text
 * in a binary must keep its length: `/usr/share/prometheus/web` becomes `./usr/share/prometheus/we`, a link to it.
 */
export function makeRelocatable(root, binary) {
  const bytes = readFileSync(binary);
  const found = folders.filter((folder) => existsSync(join(root, folder)) && bytes.includes(folder));
  for (const folder of found) {
    const shorter = folder.slice(0, -1);
    symlinkSync(basename(folder), join(root, dirname(folder), basename(shorter)));
    for (let at = bytes.indexOf(folder); at >= 0; at = bytes.indexOf(folder, at)) bytes.write(`.${shorter}`, at);
  }
  if (found.length) writeFileSync(binary, bytes);
  return found.length > 0;
}
