/** What was put off until a time, and what one aggregate tells another. */
import type { Performers } from './performer.ts';

const atOnce = true;

export const timePerformers = {
  end_grace: async ({ incident, quietSince }) => ({ to: incident, event: { kind: 'grace_ended', quietSince }, atOnce }),
  close_incident: async ({ incident, resolvedAt }) => ({
    to: incident,
    event: { kind: 'rest_ended', resolvedAt },
    atOnce,
  }),
  retry_trigger: async ({ incident, playbook, fingerprint }) => ({
    to: incident,
    event: { kind: 'trigger_due', playbook, fingerprint },
    atOnce,
  }),
  end_wait: async ({ run, step }) => ({ to: run, event: { kind: 'wait_ended', step }, atOnce }),
  expire_answer: async ({ run, step }) => ({ to: run, event: { kind: 'answer_expired', step }, atOnce }),
  expire_approval: async ({ run, approval }) => ({ to: run, event: { kind: 'approval_expired', approval }, atOnce }),
  time_out_run: async ({ run }) => ({ to: run, event: { kind: 'run_timed_out' }, atOnce }),
  tell_run_alert_over: async ({ run }) => ({ to: run, event: { kind: 'alert_over' }, atOnce }),
  tell_incident: async ({ incident, note }) => ({ to: incident, event: { kind: 'run_told', note }, atOnce }),
} satisfies Partial<Performers>;
