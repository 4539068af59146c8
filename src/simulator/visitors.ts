/** Who may use the page and its API: programs and the page itself, not another site that a browser happens to show. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Undefined: welcome. Whoever answers on a name of their own could point it at loopback, so only addresses count. */
export function objectionToVisitor({ method, headers }: IncomingMessage, isPage: boolean): string | undefined {
  if (!isAddress(headers.host ?? '')) return 'Use the address that the simulator printed, not another name for it.';
  const isLink = isPage && method === 'GET';
  const site = headers['sec-fetch-site'];
  if (isLink || site === undefined || site === 'same-origin' || site === 'none') return undefined;
  return 'Only the simulator’s own page may do that.';
}

function isAddress(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0;
}
