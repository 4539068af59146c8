/** Every rule on who may approve what, as one table; the order of the rules included. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Approval,
  type ApprovalDecision,
  decisionOf,
  judgeApproval,
  lackingOf,
  lackingWords,
  voteDetail,
} from '../../src/domain/approval.ts';
import type { Person } from '../../src/domain/person.ts';
import { now, approval as waiting } from '../support/facts.ts';
import { alice, bob, carol, dave, guest, person } from '../support/people.ts';

const spec = waiting().spec;
const strict = (over: Partial<typeof spec>) => ({ spec: { ...spec, ...over } });
const by = (voter: typeof bob, verdict: 'approve' | 'reject' = 'approve') => ({ by: voter, verdict, at: now });
const robot = { kind: 'tocsin' } as const;

/** One of each of two groups, who are also to say why. */
const failover = {
  approvers: { roles: [], users: [], groups: ['dba', '@commanders'] },
  minApprovals: 2,
  atLeast: { dba: 1, commanders: 1 },
};
const byThree = { minApprovals: 3 };
const dora = person('dora', { roles: [], groups: ['dba'] });
const dirk = person('dirk', { roles: [], groups: ['dba'] });
const cleo = person('cleo', { roles: [], groups: ['commanders'] });
const both = person('both', { roles: [], groups: ['dba', 'commanders'] });
const mixed = { roles: ['responder'], users: [], groups: ['helpers'] };
const mixer = person('mixer', { roles: [], groups: ['helpers', 'responder'] });
/** Their group is called like the role. */
const cuckoo = person('cuckoo', { roles: [], groups: ['responder'] });

describe('a vote', () => {
  test.each`
    approval                                                                            | voter                                             | verdict      | digest        | reason
    ${{}}                                                                               | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approved'}
    ${{}}                                                                               | ${bob}                                            | ${'approve'} | ${'abcdef01'} | ${'approved'}
    ${{}}                                                                               | ${bob}                                            | ${'approve'} | ${'abcdef02'} | ${'approval_outdated'}
    ${{}}                                                                               | ${bob}                                            | ${'reject'}  | ${'ffff'}     | ${'approval_outdated'}
    ${{}}                                                                               | ${bob}                                            | ${'reject'}  | ${undefined}  | ${'rejected'}
    ${{}}                                                                               | ${alice}                                          | ${'approve'} | ${undefined}  | ${'self_approval_refused'}
    ${{}}                                                                               | ${alice}                                          | ${'reject'}  | ${undefined}  | ${'rejected'}
    ${strict({ allowRequester: true })}                                                 | ${alice}                                          | ${'approve'} | ${undefined}  | ${'approved'}
    ${{}}                                                                               | ${dave}                                           | ${'approve'} | ${undefined}  | ${'not_an_approver'}
    ${{}}                                                                               | ${dave}                                           | ${'reject'}  | ${undefined}  | ${'not_an_approver'}
    ${{}}                                                                               | ${person('erin', { roles: [], groups: ['sre'] })} | ${'approve'} | ${undefined}  | ${'approved'}
    ${strict({ approvers: { roles: [], users: ['DAVE'], groups: [] } })}                | ${dave}                                           | ${'approve'} | ${undefined}  | ${'approved'}
    ${strict({ approvers: { roles: [], users: [], groups: [] } })}                      | ${bob}                                            | ${'approve'} | ${undefined}  | ${'not_an_approver'}
    ${{}}                                                                               | ${guest}                                          | ${'approve'} | ${undefined}  | ${'not_a_member'}
    ${{}}                                                                               | ${person('x', { standing: 'external' })}          | ${'approve'} | ${undefined}  | ${'not_a_member'}
    ${{}}                                                                               | ${person('x', { standing: 'unknown' })}           | ${'approve'} | ${undefined}  | ${'not_a_member'}
    ${{}}                                                                               | ${person('x', { standing: 'bot' })}               | ${'approve'} | ${undefined}  | ${'not_a_member'}
    ${{}}                                                                               | ${robot}                                          | ${'approve'} | ${undefined}  | ${'not_a_member'}
    ${{ expiresAt: now }}                                                               | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approval_expired'}
    ${{ expiresAt: now + 1 }}                                                           | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approved'}
    ${{ status: 'expired' }}                                                            | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approval_expired'}
    ${{ status: 'approved' }}                                                           | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approval_already_decided'}
    ${{ status: 'rejected' }}                                                           | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approval_already_decided'}
    ${{ status: 'lapsed' }}                                                             | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approval_already_decided'}
    ${{ status: 'void' }}                                                               | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approval_outdated'}
    ${strict({ minApprovals: 2 })}                                                      | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approval_counted'}
    ${{ ...strict({ minApprovals: 2 }), decisions: [by(bob)] }}                         | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approval_counted_already'}
    ${{ ...strict({ minApprovals: 2 }), decisions: [by(bob)] }}                         | ${carol}                                          | ${'approve'} | ${undefined}  | ${'approved'}
    ${{ ...strict({ minApprovals: 2 }), decisions: [by(bob)] }}                         | ${bob}                                            | ${'reject'}  | ${undefined}  | ${'rejected'}
    ${{ ...strict({ minApprovals: 2, allowRequester: true }), decisions: [by(alice)] }} | ${bob}                                            | ${'approve'} | ${undefined}  | ${'approved'}
  `('$verdict of $approval.status with $voter.name → $reason', ({ approval, voter, verdict, digest, reason }) => {
    expect(judgeApproval(waiting(approval), { by: voter, verdict, digest, requestedBy: alice, now })).toBe(reason);
  });

  test('on a run that an alert asked for: nobody is its requester', () => {
    const vote = { by: alice, verdict: 'approve', requestedBy: { kind: 'alert', source: 'am' }, now } as const;
    expect(judgeApproval(waiting(), vote)).toBe('approved');
  });

  test.each`
    needs                                              | before          | voter     | comment      | reason
    ${failover}                                        | ${[]}           | ${dora}   | ${undefined} | ${'approval_counted'}
    ${failover}                                        | ${[dora]}       | ${dirk}   | ${undefined} | ${'approval_counted'}
    ${failover}                                        | ${[dora, dirk]} | ${cleo}   | ${undefined} | ${'approved'}
    ${failover}                                        | ${[dora]}       | ${cleo}   | ${undefined} | ${'approved'}
    ${failover}                                        | ${[dora]}       | ${dora}   | ${undefined} | ${'approval_counted_already'}
    ${failover}                                        | ${[]}           | ${both}   | ${undefined} | ${'approval_counted'}
    ${failover}                                        | ${[both]}       | ${dirk}   | ${undefined} | ${'approved'}
    ${{ ...failover, minApprovals: 1 }}                | ${[]}           | ${both}   | ${undefined} | ${'approved'}
    ${{ ...failover, minApprovals: 1 }}                | ${[]}           | ${dora}   | ${undefined} | ${'approval_counted'}
    ${{ ...failover, atLeast: { dba: 2 } }}            | ${[cleo, dora]} | ${dirk}   | ${undefined} | ${'approved'}
    ${failover}                                        | ${[]}           | ${dave}   | ${undefined} | ${'not_an_approver'}
    ${{ atLeast: { responder: 1 } }}                   | ${[]}           | ${bob}    | ${undefined} | ${'approved'}
    ${{ atLeast: { responder: 1 } }}                   | ${[]}           | ${cuckoo} | ${undefined} | ${'not_an_approver'}
    ${{ approvers: mixed, atLeast: { responder: 1 } }} | ${[]}           | ${mixer}  | ${undefined} | ${'approval_counted'}
    ${{ atLeast: { BOB: 1 } }}                         | ${[]}           | ${carol}  | ${undefined} | ${'approval_counted'}
    ${{ atLeast: { BOB: 1 } }}                         | ${[carol]}      | ${bob}    | ${undefined} | ${'approved'}
    ${{ comment: 'required' }}                         | ${[]}           | ${bob}    | ${undefined} | ${'comment_missing'}
    ${{ comment: 'required' }}                         | ${[]}           | ${bob}    | ${'  '}      | ${'comment_missing'}
    ${{ comment: 'required' }}                         | ${[]}           | ${bob}    | ${'looked'}  | ${'approved'}
    ${{ comment: 'required' }}                         | ${[]}           | ${alice}  | ${undefined} | ${'self_approval_refused'}
    ${{ comment: 'required' }}                         | ${[]}           | ${dave}   | ${undefined} | ${'not_an_approver'}
    ${{ comment: 'required', allowRequester: true }}   | ${[]}           | ${alice}  | ${'mine'}    | ${'approved'}
  `('of $voter.name after $before.length with "$comment" → $reason', ({ needs, before, voter, comment, reason }) => {
    const asked = waiting({ ...strict(needs), decisions: before.map((one: Person) => by(one)) });
    expect(judgeApproval(asked, { by: voter, verdict: 'approve', comment, requestedBy: alice, now })).toBe(reason);
  });

  test('to reject needs the comment too', () => {
    const vote = { by: bob, verdict: 'reject', requestedBy: alice, now } as const;
    const asked = waiting(strict({ comment: 'required' }));
    expect(judgeApproval(asked, vote)).toBe('comment_missing');
    expect(judgeApproval(asked, { ...vote, comment: 'not today' })).toBe('rejected');
    expect(decisionOf({ ...vote, comment: ' not today ' }, bob)).toEqual({
      ...by(bob, 'reject'),
      comment: 'not today',
    });
    expect(decisionOf({ ...vote, comment: ' ' }, bob)).toEqual(by(bob, 'reject'));
  });

  test('of somebody who chose the name of an approver is none: only a user name is theirs alone', () => {
    const named = waiting(strict({ approvers: { roles: [], users: ['@dave'], groups: [] } }));
    const vote = { verdict: 'approve', requestedBy: alice, now } as const;
    expect(judgeApproval(named, { ...vote, by: person('dave', { roles: [] }) })).toBe('not_an_approver');
    expect(judgeApproval(named, { ...vote, by: person('x', { roles: [], handle: 'dave' }) })).toBe('approved');
  });

  test.each`
    needs       | before    | voter    | detail
    ${{}}       | ${[]}     | ${dave}  | ${'Who may: responder, @sre.'}
    ${{}}       | ${[]}     | ${alice} | ${'Who may: responder, @sre.'}
    ${failover} | ${[]}     | ${dora}  | ${'1 more is needed: at least 1 of commanders.'}
    ${failover} | ${[dora]} | ${dora}  | ${'1 more is needed: at least 1 of commanders.'}
    ${byThree}  | ${[]}     | ${bob}   | ${'2 more are needed.'}
    ${{}}       | ${[]}     | ${bob}   | ${undefined}
    ${{}}       | ${[]}     | ${guest} | ${undefined}
  `('of $voter.name is answered with who may, or with who else is needed', ({ needs, before, voter, detail }) => {
    const asked = waiting({ ...strict(needs), decisions: before.map((one: Person) => by(one)) });
    const vote = { by: voter, verdict: 'approve', requestedBy: alice, now } as const;
    const reason = judgeApproval(asked, vote);
    const after = reason === 'approval_counted' ? [...asked.decisions, decisionOf(vote, voter)] : asked.decisions;
    expect(voteDetail({ ...asked, decisions: after }, reason)).toBe(detail);
  });

  test('leaves nothing to be needed once there are enough', () => {
    expect(lackingWords(lackingOf(waiting({ decisions: [by(bob)] })))).toBe('');
  });
});

const standings = ['member', 'guest', 'external', 'bot', 'unknown'] as const;
const groups = ['dba', 'sre', 'net'] as const;
const anybody = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'alice'),
  standing: fc.constantFrom(...standings),
  groups: fc.uniqueArray(fc.constantFrom(...groups)),
});
const anySpec = fc.record({
  minApprovals: fc.integer({ min: 1, max: 4 }),
  atLeast: fc.dictionary(fc.constantFrom(...groups), fc.integer({ min: 1, max: 2 })),
  allowRequester: fc.boolean(),
  comment: fc.constantFrom('optional' as const, 'required' as const),
});
const anyVote = fc.record({
  by: anybody,
  verdict: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'reject' as const),
  digest: fc.constantFrom(undefined, 'abcdef01', 'ffff'),
  comment: fc.constantFrom(undefined, ' ', 'because'),
  late: fc.boolean(),
});

/** As the run keeps it: only a vote that counts becomes a decision, and what is decided stays. */
function after(approval: Approval, vote: Parameters<typeof judgeApproval>[1]): Approval {
  const reason = judgeApproval(approval, vote);
  if (!['approved', 'approval_counted', 'rejected'].includes(reason) || vote.by.kind !== 'person') return approval;
  const decisions = [...approval.decisions, decisionOf(vote, vote.by)];
  return { ...approval, decisions, status: reason === 'approval_counted' ? 'waiting' : (reason as 'approved') };
}

test('whatever people click, only enough different members of the right groups approve, and never a guest', () => {
  fc.assert(
    fc.property(anySpec, fc.array(anyVote, { maxLength: 12 }), (over, votes) => {
      const asked = waiting(strict({ ...over, approvers: { roles: [], users: [], groups: [...groups] } }));
      const end = votes.reduce((approval, { by: who, late, ...vote }) => {
        const voter = person(who.name, { ...who, roles: [] });
        return after(approval, { ...vote, by: voter, requestedBy: alice, now: late ? approval.expiresAt : now });
      }, asked);
      const yes = end.decisions.filter(({ verdict }) => verdict === 'approve');
      expect(new Set(yes.map(({ by: voter }) => voter.user)).size).toBe(yes.length);
      expect(end.decisions.every((one) => isRight(one, over))).toBe(true);
      if (end.status !== 'approved') return;
      expect(yes.length).toBeGreaterThanOrEqual(over.minApprovals);
      for (const [group, least] of Object.entries(over.atLeast))
        expect(yes.filter(({ by: voter }) => voter.groups.includes(group)).length).toBeGreaterThanOrEqual(least);
    }),
  );
});

function isRight(
  { by: voter, at, verdict, comment }: ApprovalDecision,
  { allowRequester, comment: wish }: { allowRequester: boolean; comment: string },
): boolean {
  const isMine = voter.user === alice.user && verdict === 'approve';
  return voter.standing === 'member' && at === now && (allowRequester || !isMine) && (wish === 'optional' || !!comment);
}
