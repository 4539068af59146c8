/** A chat message without a chat system: structured text, so that what comes from alerts is data and never markup. */
import type { ChannelRef, Instant, UserRef } from './ids.ts';

export type Span =
  | { readonly text: string; readonly style?: 'bold' | 'italic' | 'code' | 'strike' }
  | { readonly link: string; readonly text: string }
  | { readonly user: UserRef }
  | { readonly channel: ChannelRef }
  /** Calls a role's people, a user group, or a user by id or name. `ids`: who that is, once the chat system was asked. */
  | { readonly call: 'role' | 'group' | 'user'; readonly name: string; readonly ids?: readonly string[] }
  | { readonly time: Instant };

export type Rich = readonly Span[];

export interface Button {
  readonly label: string;
  readonly tone?: 'primary' | 'danger';
  readonly does: ButtonIntent | ButtonForm | { readonly open: string };
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string };
}

/** What a click asks for: a kind of intent and a reference. Never authority: everything is looked up again. */
export interface ButtonIntent {
  readonly intent: 'acknowledge' | 'resolve' | 'run_playbook' | 'approve' | 'reject' | 'cancel_run' | 'settle_unknown';
  readonly ref: string;
}

/** A click that is asked something first: see `Form`. */
export interface ButtonForm {
  readonly form: 'approve' | 'reject' | 'answer';
  readonly ref: string;
}

export type Section =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: Rich }
  | { readonly kind: 'fields'; readonly fields: readonly { readonly label: string; readonly value: Rich }[] }
  | { readonly kind: 'list'; readonly items: readonly Rich[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'small'; readonly text: Rich }
  | { readonly kind: 'buttons'; readonly buttons: readonly Button[] }
  | { readonly kind: 'line' };

export interface Message {
  /** One plain line: notifications and screen readers show this. */
  readonly summary: string;
  readonly sections: readonly Section[];
  /** The colour beside it. */
  readonly tone?: 'alarm' | 'warning' | 'good' | 'calm';
}

export const plain = (text: string): Rich => [{ text }];
export const bold = (text: string): Span => ({ text, style: 'bold' });
export const code = (text: string): Span => ({ text, style: 'code' });
