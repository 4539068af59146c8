/** What was put off until a time, and what one aggregate tells another. */
import type { Performers } from './performer.ts';

export const timePerformers = {
  end_grace: async ({ incident, quietSince }) => ({ to: incident, event: { kind: 'grace_ended', quietSince } }),
  close_incident: async ({ incident, resolvedAt }) => ({ to: incident, event: { kind: 'rest_ended', resolvedAt } }),
  retry_trigger: async ({ incident, playbook, fingerprint }) => ({
    to: incident,
    event: { kind: 'trigger_due', playbook, fingerprint },
  }),
  end_wait: async ({ run, step }) => ({ to: run, event: { kind: 'wait_ended', step } }),
  expire_answer: async ({ run, step }) => ({ to: run, event: { kind: 'answer_expired', step } }),
  expire_approval: async ({ run, approval }) => ({ to: run, event: { kind: 'approval_expired', approval } }),
  time_out_run: async ({ run }) => ({ to: run, event: { kind: 'run_timed_out' } }),
  tell_run_alert_over: async ({ run }) => ({ to: run, event: { kind: 'alert_over' } }),
  tell_incident: async ({ incident, note }) => ({ to: incident, event: { kind: 'run_told', note } }),
} satisfies Partial<Performers>;
