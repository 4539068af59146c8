/** What a person asks for, with what they clicked or typed: references only, never authority. */

import type { EventId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Person } from './person.ts';
import type { Severity } from './policy.ts';

/** `id` comes from the chat system's envelope: the same click delivered twice is one intent. */
export type Intent = { readonly id: EventId; readonly by: Person } & IntentBody;

export type IntentBody =
  | { readonly kind: 'open_incident'; readonly title: string; readonly severity?: Severity; readonly service?: string }
  | { readonly kind: 'acknowledge'; readonly incident: string }
  | { readonly kind: 'resolve'; readonly incident: string }
  | { readonly kind: 'set_severity'; readonly incident: string; readonly severity: Severity }
  | { readonly kind: 'add_note'; readonly incident: string; readonly text: string }
  /** `playbook` is an id or a hash; inputs as typed: they are checked against the playbook. */
  | { readonly kind: 'run_playbook'; readonly playbook: string; readonly incident: string; readonly inputs: JsonObject }
  /** `approval` empty = the one that waits; `digest` is the short one that the card showed, if it was a card. */
  | {
      readonly kind: 'approve' | 'reject';
      readonly run: string;
      readonly approval: string;
      readonly digest?: string;
      readonly comment?: string;
    }
  /** `step` empty = the one question that waits; the value as typed. */
  | { readonly kind: 'answer'; readonly run: string; readonly step: string; readonly value: string }
  | { readonly kind: 'cancel_run'; readonly run: string }
  | {
      readonly kind: 'settle_unknown';
      readonly run: string;
      readonly step: string;
      readonly verdict: 'worked' | 'failed' | 'verify' | 'retry';
    }
  | { readonly kind: 'stop_automation' | 'resume_automation'; readonly why: string }
  /** A lock (`lock/host/shop-1`) or a circuit breaker (`breaker/…`) by the name that `/automation status` shows. */
  | { readonly kind: 'unlock'; readonly key: string; readonly why: string };

/** What a person wants to know. */
export type Question =
  | { readonly kind: 'list_incidents'; readonly all: boolean }
  | { readonly kind: 'show_incident'; readonly incident: string }
  | { readonly kind: 'timeline'; readonly incident: string }
  | { readonly kind: 'list_playbooks' }
  | { readonly kind: 'show_playbook'; readonly playbook: string }
  | { readonly kind: 'list_runs' }
  | { readonly kind: 'show_run'; readonly run: string }
  | { readonly kind: 'automation_status' }
  /** `typed`: what was not understood, if anything was typed. */
  | { readonly kind: 'help'; readonly topic: 'incident' | 'playbook' | 'automation'; readonly typed?: string };
