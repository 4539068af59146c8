/** Who does something: a person as the chat system described them when asked, an alert, a schedule, or Tocsin itself. */
import type { Instant, UserRef } from './ids.ts';

export interface Person {
  readonly kind: 'person';
  readonly user: UserRef;
  /** As they want to be called: anybody may choose any. */
  readonly name: string;
  /** Their user name, which is theirs alone. */
  readonly handle?: string;
  /** Roles of `tocsin.yml` that this person holds, user groups included. */
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** A guest, somebody of another organisation, or a bot: may look, never decide. */
  readonly standing: 'member' | 'guest' | 'external' | 'bot' | 'unknown';
  /** When the chat system was asked. */
  readonly askedAt: Instant;
}

export type Actor =
  | Person
  | { readonly kind: 'alert'; readonly source: string }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'tocsin' };

export const tocsin: Actor = { kind: 'tocsin' };
export const schedule: Actor = { kind: 'schedule' };

export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return actor.name;
    case 'alert':
      return `alert from ${actor.source}`;
    case 'schedule':
      return 'its schedule';
    case 'tocsin':
      return 'Tocsin';
  }
}

/** A person with one of these roles. */
export const holdsOne = (actor: Actor, roles: readonly string[]): boolean =>
  actor.kind === 'person' && mayAct(actor) && actor.roles.some((role) => roles.includes(role));

/** Only a member of this workspace may ask for anything: when the chat system could not be asked, the answer is no. */
export const mayAct = (actor: Actor): boolean => actor.kind !== 'person' || actor.standing === 'member';
