/** History as sentences: who did what when, of an incident or a run. */
import type { Incident } from '../../domain/incident.ts';
import { bold, type Message, type Rich } from '../../domain/message.ts';
import type { Reason } from '../../domain/reason.ts';
import type { TimelineEntry } from '../../domain/timeline.ts';
import { explain } from './explain.ts';
import { listOf } from './lists.ts';
import { runInSentence } from './run-words.ts';
import { cut } from './words.ts';

export const timelineOf = (incident: Incident, entries: readonly TimelineEntry[]): Message =>
  listOf(`Timeline of ${incident.id}`, entries.map(oneEntry), 'Nothing has happened yet.');

const oneEntry = (entry: TimelineEntry): Rich => [
  { time: entry.at },
  { text: ' ' },
  bold(entry.actor),
  { text: ` ${cut(whatHappened(entry), longestLine)}` },
];

const longestLine = 300;

/** What comes after the name of who did it. What is no deed was asked for and refused: they were told why. */
export function whatHappened({ reason, detail, actor }: Pick<TimelineEntry, 'reason' | 'detail' | 'actor'>): string {
  const deed = deeds[reason];
  if (typeof deed === 'function') return deed(detail, actor);
  if (deed !== undefined) return detail ? `${deed}: ${detail}` : deed;
  const told = explain(reason, detail);
  return guarded.has(reason) ? `let the step fail. ${told}` : `asked for something, and was told: “${told}”`;
}

/** Refused while the run was under way. */
const guarded: ReadonlySet<Reason> = new Set<Reason>([
  'cooling_down',
  'too_many_runs',
  'change_too_big',
  'guard_unclear',
  'breaker_open',
  'frozen',
  'blast_radius_spent',
  'target_forbidden',
]);

type Deed = string | ((detail: string, actor: string) => string);

/** `alice says that it worked`, of alice. */
const own: Deed = (detail, actor) => (detail.startsWith(`${actor} `) ? detail.slice(actor.length + 1) : detail);

/** `Restart the shop: waiting_approval` */
const runNoted: Deed = (detail) => {
  const at = detail.lastIndexOf(': ');
  return `heard that the run of ${detail.slice(0, at)} ${runInSentence(detail.slice(at + 2))}`;
};

/** `post_card: no such channel` */
const givenUp: Deed = (detail) => {
  const at = detail.indexOf(': ');
  return `gave up, and could not ${detail.slice(0, at).replaceAll('_', ' ')}: ${detail.slice(at + 2)}`;
};

const deeds: Partial<Record<Reason, Deed>> = {
  first_alert: 'opened the incident',
  joined_service: 'brought alerts of the same service',
  new_alerts: 'brought new alerts',
  fired_again: 'fired again',
  some_resolved: 'said that some alerts have resolved',
  all_resolved: 'said that all alerts have resolved',
  opened_by_hand: 'opened the incident',
  grace_ended: 'resolved it, as it stayed quiet',
  schedule_due: 'opened the incident',
  schedule_done: 'resolved it, as what was scheduled is done',
  offer_lapsed: 'resolved it, as nobody started it in time',
  schedule_followed: 'follows the schedule from now on',
  schedule_left: 'follows the schedule no more',
  schedule_missed: 'found that a schedule was missed while nothing ran',
  closed_after_rest: 'closed it, as nothing more happened',
  acknowledged: 'is on it',
  resolved_by_hand: 'resolved it',
  severity_set: (detail) => `set the severity to ${detail}`,
  note_added: 'noted',
  channel_opened: 'opened the channel',
  channel_refused: 'could not open a channel',
  evidence_found: 'looked for graphs and links',
  run_noted: runNoted,
  effect_given_up: givenUp,
  run_started: 'started the run',
  run_queued: 'asked for the run, which waits for another one of its group',
  playbook_proposed: 'proposed a playbook',
  playbook_unknown: 'cannot go on with the run',
  step_started: 'began the step',
  step_blocked: 'could not begin the step yet',
  step_unclaimed: 'found no worker for the step',
  step_stranded: 'called for a worker for the step',
  step_succeeded: 'has done the step',
  step_failed: 'saw the step fail',
  step_retried: 'will try the step again',
  step_unknown: 'does not know how the step ended',
  child_ended: 'heard how the inner run ended',
  answered: () => 'answered the question',
  answer_expired: 'stopped waiting for an answer',
  verify_passed: 'saw that it helped',
  verify_failed: 'did not see that it helped',
  wait_ended: 'has waited',
  run_succeeded: 'ended the run, which went well',
  run_failed: 'ended the run, which failed',
  run_timed_out: 'ended the run, whose time was over',
  run_cancelled: 'ended the run',
  cancel_waits: (detail) => `let nothing more begin (${detail}); what runs goes on to its end`,
  store_went_back: 'found that Redis had gone back in time',
  unknown_settled: own,
  unknown_verified: own,
  unknown_retried: own,
  approval_asked: 'asked for an approval',
  approved: 'approved',
  approval_counted: 'approved, and another approval is needed',
  rejected: (detail, actor) => `rejected it${detail.slice(`rejected by ${actor}`.length)}`,
  approval_expired: 'stopped waiting for an approval',
  plan_changed: 'found the plan no longer as it was approved, and asks again',
  start_too_late: 'found that the approval came too long ago, and asks again',
  automation_stop_set: 'stopped automation',
  automation_resumed: 'let automation go on',
  unlocked: 'set free',
};
