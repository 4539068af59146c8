/** Rules about what a process does: its pools exist, and several processes share one Redis. */

import { nearest } from '../domain/nearest.ts';
import { defaultPool } from '../domain/pool.ts';
import type { Finding } from './finding.ts';
import type { TocsinYml } from './schema.ts';

export const poolFindings = (yml: TocsinYml): Finding[] => [...unknownPools(yml), ...idlePools(yml), ...alone(yml)];

/** The default one, those of hosts, and those that are named besides. */
export const knownPools = ({ inventory, pools }: Pick<TocsinYml, 'inventory' | 'pools'>): readonly string[] => [
  ...new Set([defaultPool, ...inventory.flatMap(({ pool }) => (pool === undefined ? [] : [pool])), ...pools]),
];

function unknownPools(yml: TocsinYml): Finding[] {
  const known = knownPools(yml);
  return (yml.process.pools ?? [])
    .filter((pool) => !known.includes(pool))
    .map((pool) => {
      const meant = nearest(pool, known);
      const hint = meant ? ` Did you mean \`${meant}\`?` : '';
      const message = `There is no pool \`${pool}\`: no host is in it, and \`pools\` does not name it (there: ${known.join(', ')}).${hint}`;
      return { path: ['process', 'pools'], code: 'unknown_pool', message };
    });
}

/** Who believes that this one works for a pool would wait for ever. */
function idlePools({ process: { roles, pools } }: TocsinYml): Finding[] {
  if (pools === undefined || roles.includes('worker')) return [];
  const message =
    'Pools are what a worker works for, and this process is none: add the role `worker`, or name no pool.';
  return [{ path: ['process', 'pools'], code: 'bad_value', message }];
}

/** A Redis of its own nobody else would find. */
function alone({ process: { roles }, redis }: TocsinYml): Finding[] {
  if (redis.url !== undefined || (roles.includes('worker') && roles.includes('gateway'))) return [];
  const message = `A process that is only ${roles.join(', ')} works together with others: name the Redis that they share in \`redis.url\`.`;
  return [{ path: ['process', 'roles'], code: 'no_shared_redis', message }];
}
