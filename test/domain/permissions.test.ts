/** Who may do what: by intent and role, and what holds where tocsin.yml says nothing. */
import { describe, expect, test } from 'vitest';
import { mayDo, permissionFor } from '../../src/domain/permissions.ts';
import { tocsin } from '../../src/domain/person.ts';
import { alice, dave, guest, person } from '../support/people.ts';

const nobody = { permissions: {}, roles: [] };
const plain = { permissions: {}, roles: ['responder', 'lead'] };
const strict = { permissions: { stop: ['lead'], resume: [], run_playbook: ['responder', 'lead'] }, roles: plain.roles };
const lead = person('lead', { roles: ['lead'] });

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
