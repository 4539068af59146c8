/** Who may do what: by intent and role, and what holds where tocsin.yml says nothing. */
import { describe, expect, test } from 'vitest';
import { decideIncident } from '../../src/domain/decide-incident.ts';
import type { EventId } from '../../src/domain/ids.ts';
import { mayDo, permissionFor } from '../../src/domain/permissions.ts';
import { tocsin } from '../../src/domain/person.ts';
import { facts, incident } from '../support/facts.ts';
import { alice, dave, guest, person } from '../support/people.ts';
import { policy } from '../support/scenario.ts';

const nobody = { permissions: {}, roles: [] };
const plain = { permissions: {}, roles: ['responder', 'lead'] };
const strict = { permissions: { stop: ['lead'], resume: [], run_playbook: ['responder', 'lead'] }, roles: plain.roles };
const lead = person('lead', { roles: ['lead'] });

test.each`
  event                                         | by
  ${{ kind: 'acknowledge' }}                    | ${dave}
  ${{ kind: 'resolve' }}                        | ${dave}
  ${{ kind: 'set_severity', severity: 'sev3' }} | ${dave}
  ${{ kind: 'add_note', text: 'x' }}            | ${dave}
`('$event.kind is refused to who lacks the role, and the refusal names it', ({ event, by }) => {
  const permissions = { acknowledge: ['lead'], resolve: ['lead'], set_severity: ['lead'], add_note: ['lead'] };
  const known = facts({ policy: { ...policy, permissions } });
  const decide = (who: object) => decideIncident(incident('triggered'), { ...event, id: 'e', by: who }, known);
  expect(decide(by)).toMatchObject({ reason: 'role_missing', detail: 'it takes the role lead', effects: [] });
  expect(decide(lead).reason).not.toBe('role_missing');
  expect(decide(tocsin).reason).not.toBe('role_missing');
});

test('opening an incident by hand may need a role, too', () => {
  const known = facts({ policy: { ...policy, permissions: { open_incident: ['lead'] } } });
  const event = { kind: 'open_incident', id: 'e' as EventId, title: 'x' } as const;
  expect(decideIncident(undefined, { ...event, by: dave }, known).reason).toBe('role_missing');
  expect(decideIncident(undefined, { ...event, by: lead }, known).reason).toBe('opened_by_hand');
});

describe('what people may do', () => {
  test.each`
    intent                 | by        | policy    | missing
    ${'stop_automation'}   | ${dave}   | ${plain}  | ${undefined}
    ${'acknowledge'}       | ${dave}   | ${plain}  | ${undefined}
    ${'resume_automation'} | ${dave}   | ${plain}  | ${['responder', 'lead']}
    ${'unlock'}            | ${dave}   | ${plain}  | ${['responder', 'lead']}
    ${'settle_unknown'}    | ${dave}   | ${plain}  | ${['responder', 'lead']}
    ${'resume_automation'} | ${alice}  | ${plain}  | ${undefined}
    ${'unlock'}            | ${lead}   | ${plain}  | ${undefined}
    ${'resume_automation'} | ${dave}   | ${nobody} | ${undefined}
    ${'stop_automation'}   | ${alice}  | ${strict} | ${['lead']}
    ${'stop_automation'}   | ${lead}   | ${strict} | ${undefined}
    ${'resume_automation'} | ${dave}   | ${strict} | ${undefined}
    ${'run_playbook'}      | ${dave}   | ${strict} | ${['responder', 'lead']}
    ${'run_playbook'}      | ${alice}  | ${strict} | ${undefined}
    ${'run_playbook'}      | ${guest}  | ${strict} | ${['responder', 'lead']}
    ${'stop_automation'}   | ${tocsin} | ${strict} | ${undefined}
  `('$intent by $by.name, of $policy.permissions: missing $missing', ({ intent, by, policy, missing }) => {
    expect(mayDo(intent, by, policy)).toEqual(missing ? { ok: false, missing } : { ok: true });
  });

  test('the stop and its end are named as people type them, everything else as it is', () => {
    expect([permissionFor('stop_automation'), permissionFor('resume_automation'), permissionFor('unlock')]).toEqual([
      'stop',
      'resume',
      'unlock',
    ]);
  });
});
