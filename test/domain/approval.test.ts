/** Every rule on who may approve what, as one table; the order of the rules included. */
import { describe, expect, test } from 'vitest';
import { judgeApproval } from '../../src/domain/approval.ts';
import { now, approval as waiting } from '../support/facts.ts';
import { alice, bob, carol, dave, guest, person } from '../support/people.ts';

const spec = waiting().spec;
const strict = (over: Partial<typeof spec>) => ({ spec: { ...spec, ...over } });
const by = (voter: typeof bob, verdict: 'approve' | 'reject' = 'approve') => ({ by: voter, verdict, at: now });
const robot = { kind: 'tocsin' } as const;

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
});
