/** Every status of an incident with everything that can happen to it, illegal pairs included. */
import { describe, expect, test } from 'vitest';
import { decideIncident } from '../../src/domain/decide-incident.ts';
import type { EventId, PlaybookHash, RunId } from '../../src/domain/ids.ts';
import {
  type Incident,
  type IncidentEventBody,
  type IncidentStatus,
  incidentStatuses,
} from '../../src/domain/incident.ts';
import { firing, group, nine, resolved } from '../support/alerts.ts';
import { facts, incident, now, playbook, record } from '../support/facts.ts';
import { alice, guest } from '../support/people.ts';
import { afterTwoMinutes } from '../support/playbooks.ts';

const timed = playbook(afterTwoMinutes);
const note = { run: 'run-1' as RunId, playbook: 'p', name: 'P', status: 'running', at: now, by: 'alice' };
const message = { channel: 'C1' as never, ts: '9' };
const known = (status: IncidentStatus | undefined, alerts: readonly string[] = ['a']) =>
  new Map(
    status === undefined
      ? []
      : alerts.map((name) => [
          name,
          record(
            name,
            ['mitigated', 'resolved', 'closed'].includes(status)
              ? { status: 'resolved', since: nine }
              : { since: nine - 200_000 },
          ),
        ]),
  );

const decide = (state: Incident | undefined, body: IncidentEventBody) =>
  decideIncident(state, { id: 'e1' as EventId, ...body }, facts({ alerts: known(state?.status) }, [timed]));

const again = firing('a', { startsAt: nine + 1 });
const events = {
  firing: { kind: 'alerts_arrived', group: group([firing('a')]) },
  'new alert': { kind: 'alerts_arrived', group: group([firing('b')]) },
  again: { kind: 'alerts_arrived', group: group([again]) },
  resolved: { kind: 'alerts_arrived', group: group([resolved('a')]) },
  nothing: { kind: 'alerts_arrived', group: group([]) },
  open: { kind: 'open_incident', by: alice, title: 'T' },
  ack: { kind: 'acknowledge', by: alice },
  'ack by guest': { kind: 'acknowledge', by: guest },
  resolve: { kind: 'resolve', by: alice },
  'resolve by guest': { kind: 'resolve', by: guest },
  sev2: { kind: 'set_severity', by: alice, severity: 'sev2' },
  sev1: { kind: 'set_severity', by: alice, severity: 'sev1' },
  'sev by guest': { kind: 'set_severity', by: guest, severity: 'sev2' },
  note: { kind: 'add_note', by: alice, text: 'x' },
  'note by guest': { kind: 'add_note', by: guest, text: 'x' },
  grace: { kind: 'grace_ended', quietSince: nine },
  'old grace': { kind: 'grace_ended', quietSince: 1 },
  rest: { kind: 'rest_ended', resolvedAt: nine },
  'old rest': { kind: 'rest_ended', resolvedAt: 1 },
  trigger: { kind: 'trigger_due', playbook: timed.hash, fingerprint: 'a' },
  'lost trigger': { kind: 'trigger_due', playbook: 'gone' as PlaybookHash, fingerprint: 'a' },
  'gone trigger': { kind: 'trigger_due', playbook: timed.hash, fingerprint: 'unheard' },
  channel: { kind: 'channel_opened', channel: 'C9' as never, name: 'inc' },
  refused: { kind: 'channel_refused', why: 'missing_scope' },
  card: { kind: 'card_posted', message },
  summary: { kind: 'summary_posted', message },
  evidence: { kind: 'evidence_found', evidence: [], problems: ['x'] },
  run: { kind: 'run_told', note },
  'given up': { kind: 'effect_given_up', effect: 'invite', why: 'x' },
} satisfies Record<string, IncidentEventBody>;

/** Each cell: reason → status; `=` leaves the state as it is. */
const table = `
event            | none                     | triggered                   | acknowledged               | mitigated                  | resolved                  | closed
firing           | first_alert→triggered    | nothing_new=                | nothing_new=               | fired_again→triggered      | fired_again→triggered     | incident_closed=
new alert        | first_alert→triggered    | new_alerts→triggered        | new_alerts→acknowledged    | fired_again→triggered      | fired_again→triggered     | incident_closed=
again            | first_alert→triggered    | nothing_new=                 | nothing_new=                | fired_again→triggered      | fired_again→triggered     | incident_closed=
resolved         | resolved_before_firing=  | all_resolved→mitigated      | all_resolved→mitigated     | nothing_new=               | nothing_new=              | incident_closed=
nothing          | nothing_new=             | nothing_new=                | nothing_new=               | nothing_new=               | nothing_new=              | incident_closed=
open             | opened_by_hand→triggered | repeated=                   | repeated=                  | repeated=                  | repeated=                 | repeated=
ack              | no_such_incident=        | acknowledged→acknowledged   | already_acknowledged=      | acknowledged→mitigated     | already_resolved=         | incident_closed=
ack by guest     | no_such_incident=        | not_a_member=               | not_a_member=              | not_a_member=              | not_a_member=             | incident_closed=
resolve          | no_such_incident=        | resolved_by_hand→resolved   | resolved_by_hand→resolved  | resolved_by_hand→resolved  | already_resolved=         | incident_closed=
resolve by guest | no_such_incident=        | not_a_member=               | not_a_member=              | not_a_member=              | not_a_member=             | incident_closed=
sev2             | no_such_incident=        | severity_set→triggered      | severity_set→acknowledged  | severity_set→mitigated     | severity_set→resolved     | incident_closed=
sev1             | no_such_incident=        | severity_unchanged=         | severity_unchanged=        | severity_unchanged=        | severity_unchanged=       | incident_closed=
sev by guest     | no_such_incident=        | not_a_member=               | not_a_member=              | not_a_member=              | not_a_member=             | incident_closed=
note             | no_such_incident=        | note_added=                 | note_added=                | note_added=                | note_added=               | incident_closed=
note by guest    | no_such_incident=        | not_a_member=               | not_a_member=              | not_a_member=              | not_a_member=             | incident_closed=
grace            | no_such_incident=        | not_quiet=                  | not_quiet=                 | grace_ended→resolved       | not_quiet=                | incident_closed=
old grace        | no_such_incident=        | not_quiet=                  | not_quiet=                 | not_quiet=                 | not_quiet=                | incident_closed=
rest             | no_such_incident=        | not_quiet=                  | not_quiet=                 | not_quiet=                 | closed_after_rest→closed  | incident_closed=
old rest         | no_such_incident=        | not_quiet=                  | not_quiet=                 | not_quiet=                 | not_quiet=                | incident_closed=
trigger          | no_such_incident=        | playbook_proposed→triggered | playbook_proposed→acknowledged | alert_gone=            | already_resolved=         | incident_closed=
lost trigger     | no_such_incident=        | playbook_unknown=           | playbook_unknown=          | alert_gone=                | already_resolved=         | incident_closed=
gone trigger     | no_such_incident=        | alert_gone=                 | alert_gone=                | alert_gone=                | already_resolved=         | incident_closed=
channel          | no_such_incident=        | channel_opened→triggered    | channel_opened→acknowledged | channel_opened→mitigated  | channel_opened→resolved   | channel_opened→closed
refused          | no_such_incident=        | channel_refused→triggered   | channel_refused→acknowledged | channel_refused→mitigated | channel_refused→resolved | incident_closed=
card             | no_such_incident=        | card_posted→triggered       | card_posted→acknowledged   | card_posted→mitigated      | card_posted→resolved      | card_posted→closed
summary          | no_such_incident=        | summary_posted→triggered    | summary_posted→acknowledged | summary_posted→mitigated  | summary_posted→resolved   | summary_posted→closed
evidence         | no_such_incident=        | evidence_found→triggered    | evidence_found→acknowledged | evidence_found→mitigated  | evidence_found→resolved   | incident_closed=
run              | no_such_incident=        | run_noted→triggered         | run_noted→acknowledged     | run_noted→mitigated        | run_noted→resolved        | run_noted→closed
given up         | no_such_incident=        | effect_given_up=            | effect_given_up=           | effect_given_up=           | effect_given_up=          | effect_given_up=
`;

const rows = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));
const cases = rows.flatMap(([event = '', ...cells]) =>
  [undefined, ...incidentStatuses].map((status, at) => ({
    status,
    event: event as keyof typeof events,
    cell: cells[at] ?? '',
  })),
);

describe('an incident', () => {
  test('has a row for every kind of event', () => {
    expect(rows.map(([event]) => event)).toEqual(Object.keys(events));
  });

  test.each(cases)('$status + $event: $cell', ({ status, event, cell }) => {
    const before = status && incident(status);
    const { state, reason, effects, records } = decide(before, events[event]);
    const isSame = state === before;
    expect(isSame ? `${reason}=` : `${reason}→${state?.status}`).toBe(cell);
    if (isSame && reason !== 'note_added') expect(effects).toEqual([]);
    if (isSame && event !== 'again') expect(records ?? []).toEqual([]);
  });
});

describe('what follows', () => {
  const kinds = (state: Incident | undefined, body: IncidentEventBody) =>
    decide(state, body).effects.map(({ kind }) => kind);

  test.each`
    status         | event          | effects
    ${undefined}   | ${'firing'}    | ${['open_channel', 'post_summary', 'collect_evidence', 'retry_trigger']}
    ${undefined}   | ${'open'}      | ${['open_channel']}
    ${'triggered'} | ${'new alert'} | ${['refresh_card', 'set_topic', 'refresh_summary', 'retry_trigger', 'notify']}
    ${'triggered'} | ${'resolved'}  | ${['refresh_card', 'set_topic', 'refresh_summary', 'notify', 'end_grace']}
    ${'mitigated'} | ${'grace'}     | ${['refresh_card', 'set_topic', 'refresh_summary', 'notify', 'close_incident']}
    ${'triggered'} | ${'resolve'}   | ${['refresh_card', 'set_topic', 'refresh_summary', 'notify', 'close_incident']}
    ${'triggered'} | ${'note'}      | ${['notify']}
    ${'triggered'} | ${'given up'}  | ${[]}
  `('from $status + $event: $effects', ({ status, event, effects }) => {
    const found = kinds(status && incident(status), events[event as keyof typeof events]);
    expect(found.filter((kind) => effects.includes(kind))).toEqual(effects);
  });

  test('of an alert: the route and the service are claimed with the incident', () => {
    expect(decide(undefined, events.firing).claims).toEqual([
      { key: 'route/am/{}:{alertname="ShopDown"}', expect: null, set: 'inc-1', kept: true },
      { key: 'service/shop', expect: null, set: 'inc-1', again: true },
    ]);
  });

  test('of closing: all that it keeps is given back, the service only where it is still held', () => {
    const closing = (serviceHeldBy: string) =>
      decideIncident(incident('resolved'), { id: 'e' as EventId, ...events.rest }, facts({ serviceHeldBy }));
    expect(closing('inc-1')).toMatchObject({ over: true, claims: [{ key: 'service/shop', set: null }] });
    expect(closing('inc-2')).toMatchObject({ over: true, claims: [] });
  });

  test('of ten thousand groups: the state names none of them', () => {
    const group = { ...events.firing.group, groupKey: '{}:{pod="1"}' };
    const arrived = { ...events.firing, id: 'e' as EventId, group };
    const joined = decideIncident(incident('triggered'), arrived, facts({ routes: new Set() }));
    expect(joined.claims).toEqual([{ key: 'route/am/{}:{pod="1"}', expect: null, set: 'inc-1', kept: true }]);
    expect(JSON.stringify(joined.state)).not.toContain('pod');
  });

  test('of reopening a resolved incident: nobody is on it any more; of one that was only quiet, somebody still is', () => {
    const was = { acknowledgedBy: 'alice', acknowledgedAt: nine };
    expect(decide(incident('resolved', was), events.firing).state).not.toHaveProperty('acknowledgedBy');
    expect(decide(incident('mitigated', was), events.firing).state).toMatchObject({ status: 'acknowledged', ...was });
  });

  test('of two notes of one run: the newer stays, and an end stays whatever comes late', () => {
    const told = (state: Incident, id: string, over: object) =>
      decideIncident(state, { id: id as EventId, kind: 'run_told', note: { ...note, ...over } }, facts()).state ??
      state;
    const first = told(incident('triggered'), 'n1', { status: 'failed' });
    const second = told(first, 'n2', { status: 'running' });
    expect(second.runs).toMatchObject([{ status: 'failed' }]);
    expect(decideIncident(second, { id: 'n2' as EventId, kind: 'run_told', note }, facts()).reason).toBe('repeated');
  });

  test.each`
    state                    | alerts             | over                | reason                      | firing
    ${undefined}             | ${[firing('b')]}   | ${[`am/b/${nine}`]} | ${'over_before_heard'}      | ${undefined}
    ${incident('triggered')} | ${[firing('b')]}   | ${[`am/b/${nine}`]} | ${'over_before_heard'}      | ${1}
    ${incident('triggered')} | ${[firing('b')]}   | ${[]}               | ${'joined_service'}         | ${2}
    ${incident('triggered')} | ${[resolved('b')]} | ${[]}               | ${'resolved_before_firing'} | ${1}
    ${incident('triggered')} | ${[firing('a')]}   | ${[]}               | ${'nothing_new'}            | ${1}
  `('of another group of the service: $reason', ({ state, alerts, over, reason, firing: count }) => {
    const body = { kind: 'alerts_arrived', group: group(alerts, { groupKey: 'other' }) } as const;
    const known = facts({ alerts: new Map([['a', record('a')]]), over: new Set(over) });
    const decision = decideIncident(state, { id: 'e' as EventId, ...body }, known);
    expect([decision.reason, decision.state?.counts.firing]).toEqual([reason, count]);
  });

  test('of a hidden truncation: the count moves, nothing else', () => {
    const { state, reason } = decide(incident('triggered'), {
      kind: 'alerts_arrived',
      group: group([firing('a')], { truncatedAlerts: 7 }),
    });
    expect([state?.truncated, reason]).toEqual([{ '{}:{alertname="ShopDown"}': 7 }, 'nothing_new']);
  });
});
