/** Slack's rate limits as token buckets: a tier's allowance per minute for each method, one message a second for each channel. */
import type { Clock } from '../clock.ts';
import type { Tier } from './methods.ts';

/** Calls a minute. Slack: "Tier 1: 1+, Tier 2: 20+, Tier 3: 50+, Tier 4: 100+"; `special` is the Java SDK's number. */
export const PER_MINUTE: Readonly<Record<Exclude<Tier, 'posting'>, number>> = {
  1: 1,
  2: 20,
  3: 50,
  4: 100,
  special: 600,
};

/** Slack: "1 message per second per channel, short bursts allowed"; "several hundred messages per minute" in a workspace. */
const CHANNEL_BURST = 4;
const CHANNEL_PER_MINUTE = 60;
const WORKSPACE_POSTS_PER_MINUTE = 300;

interface Bucket {
  tokens: number;
  atMs: number;
  blockedUntilMs: number;
}

export interface Limiter {
  /** Seconds to wait, or 0 when the call may pass. */
  take(method: string, tier: Tier, channel: string): number;
  reset(): void;
}

export function limiter(clock: Clock, mode: 'slack' | 'off'): Limiter {
  const buckets = new Map<string, Bucket>();
  const take = (key: string, size: number, perMinute: number) => {
    const nowMs = clock.now();
    const bucket = buckets.get(key) ?? { tokens: size, atMs: nowMs, blockedUntilMs: 0 };
    buckets.set(key, bucket);
    return draw(bucket, { nowMs, size, perMinute });
  };
  return {
    take: (method, tier, channel) => {
      if (mode === 'off') return 0;
      if (tier !== 'posting') return take(method, PER_MINUTE[tier], PER_MINUTE[tier]);
      return (
        take(`${method} ${channel}`, CHANNEL_BURST, CHANNEL_PER_MINUTE) ||
        take(method, WORKSPACE_POSTS_PER_MINUTE, WORKSPACE_POSTS_PER_MINUTE)
      );
    },
    reset: () => buckets.clear(),
  };
}

/** Once refused, the method stays shut for the whole Retry-After, like Slack's. */
function draw(bucket: Bucket, { nowMs, size, perMinute }: { nowMs: number; size: number; perMinute: number }): number {
  if (nowMs < bucket.blockedUntilMs) return Math.ceil((bucket.blockedUntilMs - nowMs) / 1000);
  bucket.tokens = Math.min(size, bucket.tokens + ((nowMs - bucket.atMs) * perMinute) / 60_000);
  bucket.atMs = nowMs;
  // Adding up fractions must not cost a call that is due.
  if (bucket.tokens >= 0.999_999) {
    bucket.tokens -= 1;
    return 0;
  }
  const waitSeconds = Math.ceil(((1 - bucket.tokens) * 60) / perMinute);
  bucket.blockedUntilMs = nowMs + waitSeconds * 1000;
  return waitSeconds;
}
