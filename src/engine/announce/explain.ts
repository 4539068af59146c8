/** Each reason as a sentence for the person who asked. */
import type { Message, Span } from '../../domain/message.ts';
import type { Reason } from '../../domain/reason.ts';
import { withCode } from './words.ts';

/** In one plain line, for logs and notices. `detail` says which, where the reason alone does not. */
export function explain(reason: Reason, detail?: string): string {
  // No mark-up: a channel would show the backticks.
  const sentence = (sentences[reason] ?? reason.replaceAll('_', ' ')).replaceAll('`', '');
  return detail && detailed.has(reason) ? `${sentence} ${ended(detail)}` : sentence;
}

const ended = (detail: string): string => (/[.!?]$/.test(detail) ? detail : `${detail}.`);

/** The same as a message. `detail` is data and stays as it is. */
export function explanation(reason: Reason, detail?: string): Message {
  const sentence = sentences[reason] ?? reason.replaceAll('_', ' ');
  const more: readonly Span[] = detail && detailed.has(reason) ? [{ text: ` ${ended(detail)}` }] : [];
  return { summary: explain(reason, detail), sections: [{ kind: 'text', text: [...withCode(sentence), ...more] }] };
}

/** Elsewhere the detail is for the timeline. */
const detailed: ReadonlySet<Reason> = new Set<Reason>([
  'approval_outdated',
  'inputs_invalid',
  'answer_invalid',
  'playbook_unknown',
  'group_held_above',
  'opened_by_hand',
  'run_started',
  'not_allowed',
  'not_an_approver',
  'self_approval_refused',
  'approval_counted',
  'approval_counted_already',
  'cooling_down',
  'too_many_runs',
  'change_too_big',
  'guard_unclear',
  'breaker_open',
  'frozen',
  'blast_radius_spent',
  'target_forbidden',
  'auto_demoted',
  'role_missing',
  'unlocked',
  'nothing_locked',
]);

const sentences: Partial<Record<Reason, string>> = {
  opened_by_hand: 'The incident is open.',
  acknowledged: 'You are on it.',
  already_acknowledged: 'Somebody is on it already.',
  resolved_by_hand: 'The incident is resolved.',
  already_resolved: 'The incident is resolved already.',
  severity_set: 'The severity is set.',
  severity_unchanged: 'It has that severity already.',
  note_added: 'Noted in the timeline.',
  incident_closed: 'That incident is closed. Open a new one with `/incident open`.',
  no_such_incident:
    'There is no such incident. `/incident list` shows the open ones; in an incident’s channel you need not name it.',
  repeated: 'That has been taken already.',
  run_started: 'The run has begun.',
  run_exists: 'This playbook is running for this incident already. `/playbook runs` shows it.',
  playbook_unknown: 'There is no such playbook. `/playbook list` shows them.',
  playbook_disabled: 'That playbook is switched off (`enabled: false`).',
  auto_refused: 'A playbook of high risk never starts by itself.',
  inputs_invalid: 'The inputs are not as the playbook wants them:',
  target_busy: 'Another run is at work there. Try again when it has ended.',
  group_held_above:
    'The run that started it is of the same `concurrency` group and holds that until its end, so this one could never begin:',
  automation_stopped:
    'Automation is stopped: nothing acts on production. `/automation status` says why, `/automation resume` ends it.',
  alert_gone: 'The alert has resolved meanwhile, so nothing was started.',
  run_cancelled: 'The run is cancelled.',
  cancel_waits: 'Nothing more will begin. What runs at this moment is not torn off; the run ends when it is over.',
  run_over: 'That run is over.',
  run_ending: 'That run is ending already: what is owed at its end is being done.',
  nothing_new: 'Nothing has changed by that.',
  no_such_run: 'There is no such run, or more than one could be meant. `/playbook runs` shows them: name one.',
  approved: 'Approved.',
  approval_counted: 'Your approval counts.',
  approval_counted_already: 'You have approved this already; somebody else must, too.',
  comment_missing: 'This one wants to know why: add a comment.',
  rejected: 'Rejected: the run ends here.',
  approval_expired: 'This approval has expired. Run the playbook again if it is still needed.',
  approval_already_decided: 'This has been decided already.',
  approval_outdated: 'That card is outdated: this has been asked for again since. Look at the newer card.',
  no_such_approval: 'Nothing waits for an approval there.',
  not_an_approver: 'You are not among its approvers.',
  self_approval_refused: 'You asked for this run, so somebody else must approve it.',
  not_a_member:
    'Only members of this workspace may do that: not guests, not people of other organisations, and nobody while Slack cannot be asked who they are.',
  cooling_down: 'The playbook is cooling down:',
  too_many_runs: 'The playbook has run as often as it may:',
  change_too_big: 'The change is bigger than the playbook allows:',
  guard_unclear: 'A limit of the playbook cannot be checked here, so nothing was done:',
  breaker_open: 'The playbook’s circuit breaker is open',
  frozen: 'There is a freeze:',
  blast_radius_spent: 'Too many hosts of one service would be changed at once:',
  target_forbidden: 'Tocsin may not change that:',
  auto_demoted: 'This playbook has worked too seldom to start by itself, and is offered as a button instead:',
  role_missing: 'That needs another role than you have:',
  unlocked: 'It is free again:',
  nothing_locked: 'Nothing is locked or open by that name. `/automation status` shows what is. You named',
  not_allowed: 'This is for people with another role:',
  automation_stop_set:
    'Automation is stopped: no step acts on anything until `/automation resume`. What runs at this moment goes on to its end.',
  automation_resumed: 'Automation goes on.',
  already_stopped: 'Automation is stopped already.',
  already_running: 'Automation is not stopped.',
  store_went_back: 'Redis went back in time, so it is not known what was done meanwhile.',
  unknown_settled: 'Taken as you say.',
  answered: 'Your answer is taken: the run goes on.',
  answer_invalid: 'That does not answer the question: it',
  answer_expired: 'Nobody answered in time.',
  no_such_question: 'Nothing waits for an answer there.',
  run_queued: 'The run waits for another one of its group to end.',
  unknown_verified: 'Its checks look now: they have the last word.',
  unknown_retried: 'It is done again, as soon as its approvals are given.',
  nothing_to_verify: 'That step has no checks: look at the target, and say whether it worked.',
  step_unclaimed: 'The step waits: there is no worker of its pool.',
  step_stranded: 'The step has waited for long, and there is no worker of its pool.',
  step_superseded: 'That step has moved on meanwhile.',
  schedule_followed: 'The schedule is followed from now on.',
  schedule_left: 'The schedule is not followed any more.',
  schedule_due: 'Its schedule says that it is time.',
  schedule_missed: 'Its time is past by more than five minutes, so it is not begun any more.',
  schedule_busy: 'The last run of its schedule is under way, or nobody knows how it ended.',
  schedule_done: 'What was scheduled is done.',
  offer_lapsed: 'Nobody started it in time.',
};
