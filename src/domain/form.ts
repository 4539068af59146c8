/** A form without a chat system: what a person is asked before what they want is done. */
import type { Rich } from './message.ts';

export interface Form {
  readonly title: string;
  readonly text: Rich;
  readonly submit: string;
  /** One at least. */
  readonly fields: readonly FormField[];
  readonly does: FormIntent;
}

/** What is asked for when it is sent. References only: everything is looked up and judged again then. */
export type FormIntent =
  | { readonly intent: 'approve' | 'reject' | 'answer'; readonly ref: string }
  | { readonly intent: 'run_playbook'; readonly playbook: string; readonly incident: string };

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly kind: 'text' | 'lines' | 'integer' | 'number' | 'yes_no' | 'choice';
  /** Of a choice. */
  readonly choices: readonly string[];
  readonly initial: string;
  readonly optional: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** A question's answer and a comment have one field each. */
export const answerField = 'answer';
export const commentField = 'comment';
/** Longer ones are not taken. */
export const longestComment = 1000;
