/** How a run stands, in the one word that people are told. */

export type RunStatus =
  /** Its concurrency group is taken; it begins when that is free. */
  | 'queued'
  | 'running'
  | 'waiting_approval'
  /** A person is asked for something that only they know. */
  | 'waiting_answer'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'needs_attention';

export const isOverStatus = (status: string): boolean => ['succeeded', 'failed', 'cancelled'].includes(status);
