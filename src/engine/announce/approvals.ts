/** The card that asks for an approval: what will be done, who has decided what, who is still needed, and until when. */
import { type Approval, type ApprovalDecision, approversOf, lackingOf, lackingWords } from '../../domain/approval.ts';
import { commentField, type Form, longestComment } from '../../domain/form.ts';
import type { UserRef } from '../../domain/ids.ts';
import {
  type Button,
  bold,
  code,
  type Message,
  plain,
  type Rich,
  type Section,
  type Span,
} from '../../domain/message.ts';
import { actorName } from '../../domain/person.ts';
import type { ApprovalSpec } from '../../domain/playbook.ts';
import type { Run } from '../../domain/run.ts';
import { planSections } from './plan.ts';
import { fitted, visible, weigh } from './visible.ts';
import { cut, some } from './words.ts';

const shortDigest = (digest: string): string => digest.slice(0, 8);

export function approvalCard(run: Run, approval: Approval): Message {
  const { spec, status, decisions } = approval;
  const state = stateOf(run, approval);
  const isWaiting = status === 'waiting';
  return {
    summary: `${run.playbook.name}: ${state}`,
    tone: isWaiting ? 'warning' : status === 'approved' ? 'good' : 'calm',
    sections: [
      { kind: 'text', text: [{ text: isWaiting ? '✋ ' : '' }, bold(run.playbook.name), { text: `: ${state}` }] },
      ...(spec.message ? [{ kind: 'text', text: plain(cut(spec.message, 1000)) } as const] : []),
      ...planSections(approval),
      ...(decisions.length ? [{ kind: 'list', items: decisions.map(decisionLine) } as const] : []),
      ...(isWaiting ? [{ kind: 'buttons', buttons: approvalButtons(run, approval) } satisfies Section] : []),
      { kind: 'small', text: smallPrint(run, approval) },
    ],
  };
}

const decisionLine = ({ by, verdict, at, comment }: ApprovalDecision): Rich => [
  { text: verdict === 'approve' ? '✅ ' : '⛔ ' },
  bold(by.name),
  { text: verdict === 'approve' ? ' approved ' : ' rejected ' },
  { time: at },
  ...(comment ? [{ text: `: ${cut(comment, 500)}` }] : []),
];

/** To reject is asked why, and to approve where the playbook wants to know: else one click and its confirmation do. */
function approvalButtons(run: Run, approval: Approval): readonly Button[] {
  const ref = `${run.id}/${approval.id}/${shortDigest(approval.digest)}`;
  const confirm = { title: 'Approve exactly this?', text: changes(approval, 280), yes: 'Approve' };
  const approve: readonly Button[] =
    approval.spec.comment === 'required'
      ? [{ label: 'Approve…', tone: 'primary', does: { form: 'approve', ref } }]
      : [
          { label: 'Approve', tone: 'primary', does: { intent: 'approve', ref }, confirm },
          { label: 'Approve with a comment…', does: { form: 'approve', ref } },
        ];
  return [...approve, { label: 'Reject…', tone: 'danger', does: { form: 'reject', ref } }];
}

/** What is left out is said. */
function changes({ covers }: Approval, most: number): string {
  const lines = covers.map(({ change }) => fitted(visible(change), Math.floor(most / 2)));
  let left = most - 40;
  const fitting = lines.filter((line) => {
    left -= weigh(line) + 1;
    return left >= 0;
  });
  const more = lines.length - fitting.length;
  return [...fitting, ...(more ? [`…and ${some(more, 'more change')}: see the card`] : [])].join('\n');
}

/** `ref`: as on the card that was clicked, which may be an older one: that is found out when the form is sent. */
export function decisionForm(
  run: Run,
  approval: Approval,
  { intent, ref }: { intent: 'approve' | 'reject'; ref: string },
): Form {
  const isRequired = approval.spec.comment === 'required';
  return {
    title: intent === 'approve' ? 'Approve exactly this?' : 'Reject this?',
    text: [
      bold(run.playbook.name),
      { text: ' ' },
      code(shortDigest(approval.digest)),
      { text: `\n${changes(approval, 1500)}` },
    ],
    submit: intent === 'approve' ? 'Approve' : 'Reject',
    fields: [
      {
        name: commentField,
        label: intent === 'approve' ? 'Comment' : 'Why?',
        hint: 'It stands on the card and in the timeline.',
        kind: 'lines',
        choices: [],
        initial: '',
        optional: !isRequired,
        maxLength: longestComment,
      },
    ],
    does: { intent, ref },
  };
}

/** Calls whoever can still make the difference: those groups that are lacking where nobody else is, else all who may. */
export function approvalReminder(run: Run, approval: Approval): Message {
  const { count, of } = lackingOf(approval);
  const isOnlyOf = of.length > 0 && count <= of.reduce((sum, one) => sum + one.count, 0);
  const calls = isOnlyOf ? of.map(({ name }) => callOf(name, approval)) : callsOf(run, approval);
  const words = `${run.playbook.name} still waits for approval`;
  return {
    summary: `${words}: ${lackingWords({ count, of })}`,
    sections: [
      {
        kind: 'text',
        text: [
          { text: '⏰ ' },
          ...calls.flatMap((call): Rich => [call, { text: ' ' }]),
          { text: `${words}: ${lackingWords({ count, of })}. It expires ` },
          { time: approval.expiresAt },
          { text: '.' },
        ],
      },
    ],
  };
}

/** Not those who have approved, nor who asked for it where that does not count. */
function callsOf(run: Run, approval: Approval): readonly Span[] {
  const { approvers, allowRequester } = approval.spec;
  const past = approversOf(approval).flatMap(({ user, handle }) => [user, handle]);
  const asker = run.requestedBy.kind === 'person' && !allowRequester ? run.requestedBy : undefined;
  const isPast = (user: string): boolean => [...past, asker?.user, asker?.handle].includes(user.replace(/^@/, ''));
  return [
    ...approvers.roles.map((name) => ({ call: 'role', name }) as const),
    ...approvers.groups.map((name) => ({ call: 'group', name }) as const),
    ...approvers.users.filter((user) => !isPast(user)).map((name) => ({ call: 'user', name }) as const),
  ];
}

function callOf(name: string, { spec: { approvers } }: Approval): Span {
  if (approvers.roles.includes(name)) return { call: 'role', name };
  return { call: approvers.users.includes(name) ? 'user' : 'group', name };
}

const voids: Readonly<Record<NonNullable<Approval['voidBecause']>, string>> = {
  plan_changed: 'what would be done is no longer what was approved',
  start_too_late: 'it was too old when its first step could begin',
  approval_asked: 'a person wants it done again',
};

function stateOf(run: Run, approval: Approval): string {
  const names = approversOf(approval)
    .map(({ name }) => name)
    .join(' and ');
  switch (approval.status) {
    case 'waiting':
      return names ? `approved by ${names}, ${lackingWords(lackingOf(approval))}` : 'may this be done?';
    case 'approved':
      return `approved by ${names}`;
    case 'rejected':
      return `rejected by ${approval.decisions.at(-1)?.by.name ?? 'somebody'}`;
    case 'expired':
      return 'expired: nobody approved in time';
    case 'void':
      return `void: ${voids[approval.voidBecause ?? 'approval_asked']}, so it is asked for again`;
    case 'lapsed':
      return `no longer needed: ${run.outcome}`;
  }
}

function smallPrint(run: Run, { spec, expiresAt, digest, status }: Approval): Rich {
  const least = Object.entries(spec.atLeast).flatMap(
    ([name, count]): Rich => [{ text: `, ${count} of them by ` }, nameOf(name, spec)],
  );
  const self = spec.allowRequester ? '' : `, but not by ${actorName(run.requestedBy)}, who asked for it`;
  const comment = spec.comment === 'required' ? ', each with a comment' : '';
  const until: Rich = status === 'waiting' ? [{ text: ' · expires ' }, { time: expiresAt }] : [];
  return [
    { text: `${some(spec.minApprovals, 'approval')} by ` },
    ...approversIn(spec),
    ...least,
    { text: `${self}${comment} · plan ` },
    code(shortDigest(digest)),
    { text: ' · run ' },
    code(run.id),
    ...until,
  ];
}

function approversIn(spec: ApprovalSpec): Rich {
  const { roles, groups, users } = spec.approvers;
  const names = [...roles, ...groups, ...users];
  if (!names.length) return [{ text: 'nobody' }];
  return names.flatMap((name, at): Rich => [...(at ? [{ text: ' or ' }] : []), nameOf(name, spec)]);
}

/** An id says nothing to people: Slack shows who that is. */
function nameOf(name: string, { approvers: { users, groups } }: ApprovalSpec): Span {
  if (users.includes(name) && /^[UW][A-Z0-9]{2,}$/.test(name)) return { user: name as UserRef };
  return { text: groups.includes(name) ? `@${name.replace(/^@/, '')}` : name };
}
