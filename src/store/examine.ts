/** A look at a Redis from outside: who it is, how full it is, and what it could lose. */
import { type ConnectionOptions, connect } from './redis/connection.ts';
import { weaknessesOf } from './redis/weaknesses.ts';

/** Throws `StoreDown` where it cannot be reached. */
export async function examineRedis(options: ConnectionOptions) {
  const connection = await connect(options);
  try {
    const info = await connection.ask((redis) => redis.info());
    const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
    return {
      where: connection.where,
      version: field('redis_version'),
      usedBytes: Number(field('used_memory')),
      mostBytes: Number(field('maxmemory')),
      weaknesses: await weaknessesOf(connection),
    };
  } finally {
    await connection.close();
  }
}
