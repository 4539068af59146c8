/** What an interaction hands to the app for a short while: a trigger (3 s, once) and a response URL (30 min, 5 times). */
import { randomBytes } from 'node:crypto';
import { refuse } from './refusal.ts';

const TRIGGER_LIFE_MS = 3_000;
const RESPONSE_LIFE_MS = 30 * 60_000;
const RESPONSE_USES = 5;

export interface ResponseTarget {
  channel: string;
  user: string;
  /** The message that was clicked, if any: what `replace_original` means. */
  message?: { ts: string; ephemeral: boolean } | undefined;
}

interface Trigger {
  user: string;
  atMs: number;
  used: boolean;
}

interface ResponseUrl {
  target: ResponseTarget;
  atMs: number;
  uses: number;
}

export interface Triggers {
  issue(user: string): string;
  /** Who triggered it; refuses a stranger's, an old one's, and a second use. */
  redeem(trigger: string): string;
  issueResponse(target: ResponseTarget): string;
  redeemResponse(key: string): ResponseTarget;
  reset(): void;
}

export function triggers(now: () => number): Triggers {
  const open = new Map<string, Trigger>();
  const responses = new Map<string, ResponseUrl>();
  return {
    issue: (user) => {
      const id = `${Math.floor(now())}.${open.size + 1}.${randomBytes(8).toString('hex')}`;
      open.set(id, { user, atMs: now(), used: false });
      return id;
    },
    redeem: (id) => {
      const trigger = open.get(id);
      if (!trigger) throw refuse('invalid_trigger_id');
      if (trigger.used) throw refuse('exchanged_trigger_id');
      if (now() - trigger.atMs > TRIGGER_LIFE_MS) throw refuse('expired_trigger_id');
      trigger.used = true;
      return trigger.user;
    },
    issueResponse: (target) => {
      const key = randomBytes(12).toString('hex');
      responses.set(key, { target, atMs: now(), uses: 0 });
      return key;
    },
    redeemResponse: (key) => {
      const response = responses.get(key);
      if (!response) throw refuse('invalid_url');
      if (now() - response.atMs > RESPONSE_LIFE_MS) throw refuse('expired_url');
      if (response.uses >= RESPONSE_USES) throw refuse('used_url');
      response.uses += 1;
      return response.target;
    },
    reset: () => {
      open.clear();
      responses.clear();
    },
  };
}
