/** The card that asks for an approval: what will be done, who may decide, and until when. */
import { type Approval, countApprovals } from '../../domain/approval.ts';
import { type Button, bold, code, type Message, plain, type Rich } from '../../domain/message.ts';
import { actorName } from '../../domain/person.ts';
import type { Run } from '../../domain/run.ts';
import { cut } from './words.ts';

const shortDigest = (digest: string): string => digest.slice(0, 8);

export function approvalCard(run: Run, approval: Approval): Message {
  const { spec, covers } = approval;
  const state = stateOf(run, approval);
  return {
    summary: `${run.playbook.name}: ${state}`,
    tone: approval.status === 'waiting' ? 'warning' : approval.status === 'approved' ? 'good' : 'calm',
    sections: [
      {
        kind: 'text',
        text: [{ text: approval.status === 'waiting' ? '✋ ' : '' }, bold(run.playbook.name), { text: `: ${state}` }],
      },
      ...(spec.message ? [{ kind: 'text', text: plain(cut(spec.message, 1000)) } as const] : []),
      {
        kind: 'list',
        items: covers.map(({ name, change }): Rich => [bold(name), { text: ': ' }, code(cut(change, 300))]),
      },
      ...(approval.status === 'waiting' ? [{ kind: 'buttons', buttons: approvalButtons(run, approval) } as const] : []),
      { kind: 'small', text: smallPrint(run, approval) },
    ],
  };
}

function approvalButtons(run: Run, approval: Approval): readonly Button[] {
  const ref = `${run.id}/${approval.id}/${shortDigest(approval.digest)}`;
  return [
    {
      label: 'Approve',
      tone: 'primary',
      does: { intent: 'approve', ref },
      confirm: {
        title: 'Approve exactly this?',
        text: cut(approval.covers.map(({ change }) => change).join('\n'), 280),
        yes: 'Approve',
      },
    },
    { label: 'Reject', tone: 'danger', does: { intent: 'reject', ref } },
  ];
}

function stateOf(run: Run, { status, decisions, spec }: Approval): string {
  const names = decisions
    .filter(({ verdict }) => verdict === 'approve')
    .map(({ by }) => by.name)
    .join(' and ');
  switch (status) {
    case 'waiting':
      return decisions.length
        ? `approved by ${names}, ${spec.minApprovals - countApprovals({ decisions } as Approval)} more needed`
        : 'may this be done?';
    case 'approved':
      return `approved by ${names}`;
    case 'rejected':
      return `rejected by ${decisions.at(-1)?.by.name ?? 'somebody'}`;
    case 'expired':
      return 'expired: nobody approved in time';
    case 'void':
      return 'void: asked for again';
    case 'lapsed':
      return `no longer needed: ${run.outcome}`;
  }
}

function smallPrint(run: Run, { spec, expiresAt, digest, status }: Approval): Rich {
  const { roles, users, groups } = spec.approvers;
  const who = [...roles, ...groups.map((group) => `@${group}`), ...users].join(', ') || 'nobody';
  const self = spec.allowRequester ? '' : `, not ${actorName(run.requestedBy)} who asked for it`;
  const until: Rich = status === 'waiting' ? [{ text: ' · expires ' }, { time: expiresAt }] : [];
  return [
    { text: `${spec.minApprovals} of: ${who}${self} · plan ` },
    code(shortDigest(digest)),
    { text: ' · run ' },
    code(run.id),
    ...until,
  ];
}
