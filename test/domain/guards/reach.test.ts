/** What may be touched, when, and how much of it at once: policy, freezes, blast radius. */
import { describe, expect, test } from 'vitest';
import type { Freeze } from '../../../src/domain/facts.ts';
import { noGuardrails } from '../../../src/domain/guardrails.ts';
import { globs } from '../../../src/domain/guards/allow.ts';
import { tocsin } from '../../../src/domain/person.ts';
import { pure } from '../../support/facts.ts';
import { detail, guarded, limited, said } from '../../support/guarded.ts';
import { alice, guest, person } from '../../support/people.ts';
import { policy } from '../../support/scenario.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('policy.allow', () => {
  const allowing = (server: readonly object[] | undefined, own: string) => {
    const guardrails = { ...noGuardrails, ...(server && { allow: server as never }) };
    return guarded(limited('', own ? `policy: {allow: ${own}}\n` : ''), { policy: { ...policy, guardrails } });
  };

  test.each`
    server                                        | own                                       | verdict
    ${undefined}                                  | ${''}                                     | ${'ok'}
    ${[{ host: ['shop-*'] }]}                     | ${''}                                     | ${'ok'}
    ${[{ host: ['db-*'] }]}                       | ${''}                                     | ${'target_forbidden'}
    ${[{ host: ['db-*'] }, { host: ['shop-1'] }]} | ${''}                                     | ${'ok'}
    ${[]}                                         | ${''}                                     | ${'target_forbidden'}
    ${[{}]}                                       | ${''}                                     | ${'ok'}
    ${[{ host: ['*'], cluster: ['*'] }]}          | ${''}                                     | ${'target_forbidden'}
    ${[{ host: ['*'] }]}                          | ${'[{host: [shop-2]}]'}                   | ${'target_forbidden'}
    ${[{ host: ['db-*'] }]}                       | ${'[{host: [shop-1]}]'}                   | ${'target_forbidden'}
    ${undefined}                                  | ${'[{host: [shop-2]}, {host: [shop-1]}]'} | ${'ok'}
  `('the server says $server, the playbook $own: a change of shop-1 is $verdict', ({ server, own, verdict }) => {
    const on = allowing(server, own);
    expect(said(on.changes(on.run('run-a')))).toBe(verdict);
  });

  test('holds for every change, the rollback too, and says what is not allowed and by whom', () => {
    const on = allowing([{ host: ['db-*'] }], '');
    const run = on.run('run-a', { phase: 'rollback' });
    expect(said(on.changes(run))).toBe('target_forbidden');
    expect(detail(on.changes(run))).toBe('host shop-1 is not in policy.allow of tocsin.yml');
    expect(detail(on.changes(run, { args: {} }))).toContain('a change without a target');
  });

  test.each`
    pattern     | text           | fits
    ${'shop-1'} | ${'shop-1'}    | ${true}
    ${'shop-1'} | ${'shop-10'}   | ${false}
    ${'shop-*'} | ${'shop-'}     | ${true}
    ${'*'}      | ${''}          | ${true}
    ${'?'}      | ${''}          | ${false}
    ${'sh?p-?'} | ${'shop-1'}    | ${true}
    ${'*-1'}    | ${'a-1-1'}     | ${true}
    ${'a*b*c'}  | ${'aXbYbZc'}   | ${true}
    ${'a.c'}    | ${'abc'}       | ${false}
    ${'.*'}     | ${'anything'}  | ${false}
    ${'[ab]'}   | ${'a'}         | ${false}
    ${'shop-*'} | ${'my-shop-1'} | ${false}
  `('`$pattern` fits `$text`: $fits', ({ pattern, text, fits }) => {
    expect(globs(pattern, text)).toBe(fits);
  });

  test('a hostile pattern takes no longer than others', () => {
    expect(globs(`${'a*'.repeat(30)}b`, 'a'.repeat(200))).toBe(false);
    expect(globs('*a*a*a*', 'a'.repeat(20_000))).toBe(true);
  });
});

describe('a freeze', () => {
  const freezes: Record<string, Freeze> = { db: { title: 'Christmas', until: Date.parse('2026-12-27T00:00:00Z') } };
  const frozen = (calendar: string) => freezes[calendar];
  const freezing = guarded(limited('{freeze: [{calendar: db, override_roles: [lead]}]}'), {
    pure: { ...pure, frozen },
  });
  const lead = person('lead', { roles: ['lead'] });

  test.each`
    by                                 | verdict
    ${alice}                           | ${'frozen'}
    ${lead}                            | ${'ok'}
    ${{ ...guest, roles: ['lead'] }}   | ${'frozen'}
    ${tocsin}                          | ${'frozen'}
    ${{ kind: 'alert', source: 'am' }} | ${'frozen'}
  `('asked for by $by.name: $verdict', ({ by, verdict }) => {
    const run = freezing.run('run-a', { requestedBy: by });
    expect([said(freezing.starts(run)), said(freezing.changes(run))]).toEqual([verdict, verdict]);
  });

  test('says which calendar, what it is, until when, and who passes', () => {
    expect(detail(freezing.starts(freezing.run('run-a')))).toBe(
      'calendar db: Christmas until 2026-12-27 00:00 UTC; the role lead may run it all the same',
    );
  });

  test('that begins while a run is under way does not leave it half done; one that waits does not begin', () => {
    expect(said(freezing.changes(freezing.acted('run-a')))).toBe('ok');
    expect(said(freezing.changes(freezing.run('run-b')))).toBe('frozen');
  });

  test('of another calendar does not concern it, and one that nobody knows always does', () => {
    const other = limited('{freeze: [{calendar: other}]}');
    const known = guarded(other, { pure: { ...pure, frozen } });
    expect(said(known.starts(known.run('run-a')))).toBe('ok');
    const unknown = guarded(other);
    expect(detail(unknown.starts(unknown.run('run-a')))).toBe('calendar other: tocsin.yml has no calendar other');
  });
});

describe('the blast radius', () => {
  const hosts = Array.from({ length: 10 }, (_, at) => ({ name: `shop-${at}`, service: 'shop' }));
  const rails = (more: object = {}) => ({
    ...noGuardrails,
    blastRadius: { percent: 20, windowMs: hour, atLeast: 1 },
    overrideRoles: ['lead'],
    hosts: [
      ...hosts,
      { name: 'db-1', service: 'db' },
      { name: 'lone-1', service: '' },
      { name: 'lone-2', service: '' },
    ],
    ...more,
  });
  const on = (more: object = {}) => guarded(limited(''), { policy: { ...policy, guardrails: rails(more) } });
  const at = (host: string) => ({ args: { host } });

  test.each`
    changed                           | after       | next           | verdict
    ${['shop-1']}                     | ${0}        | ${'shop-2'}    | ${'ok'}
    ${['shop-1', 'shop-2']}           | ${0}        | ${'shop-3'}    | ${'blast_radius_spent'}
    ${['shop-1', 'shop-2']}           | ${hour - 1} | ${'shop-3'}    | ${'blast_radius_spent'}
    ${['shop-1', 'shop-2']}           | ${hour}     | ${'shop-3'}    | ${'ok'}
    ${['shop-1', 'shop-2']}           | ${0}        | ${'shop-1'}    | ${'ok'}
    ${['shop-1', 'shop-1', 'shop-1']} | ${0}        | ${'shop-2'}    | ${'ok'}
    ${['shop-1', 'shop-2']}           | ${0}        | ${'db-1'}      | ${'ok'}
    ${['lone-1']}                     | ${0}        | ${'lone-2'}    | ${'blast_radius_spent'}
    ${['shop-1', 'shop-2']}           | ${0}        | ${'lone-1'}    | ${'ok'}
    ${['unknown-1']}                  | ${0}        | ${'unknown-2'} | ${'blast_radius_spent'}
  `('a fifth of ten hosts: after $changed, $after ms later, $next: $verdict', ({ changed, after, next, verdict }) => {
    const stage = on();
    for (const [index, host] of changed.entries()) stage.changes(stage.run(`run-${index}`), at(host));
    stage.clock.now += after;
    expect(said(stage.changes(stage.run('run-z'), at(next)))).toBe(verdict);
  });

  test('is one budget for all playbooks, and for each step of one run', () => {
    const stage = on();
    const run = stage.run('run-a');
    const verdicts = ['shop-1', 'shop-2', 'shop-3'].map((host) => said(stage.changes(run, { ...at(host) })));
    expect(verdicts).toEqual(['ok', 'ok', 'blast_radius_spent']);
    const other = stage.run('run-b', { playbook: { ...run.playbook, id: 'other' } });
    expect(said(stage.changes(other, at('shop-4')))).toBe('blast_radius_spent');
  });

  test('lets one with an override role through, and counts it all the same', () => {
    const stage = on();
    for (const host of ['shop-1', 'shop-2']) stage.changes(stage.run('run-a'), at(host));
    const byLead = stage.run('run-b', { requestedBy: person('lead', { roles: ['lead'] }) });
    expect(said(stage.changes(byLead, at('shop-3')))).toBe('ok');
    stage.clock.now += hour - 1;
    expect(said(stage.changes(stage.run('run-c'), at('shop-4')))).toBe('blast_radius_spent');
  });

  test('leaves at least so many, however few hosts there are', () => {
    const stage = on({ blastRadius: { percent: 20, windowMs: hour, atLeast: 2 } });
    const verdicts = ['lone-1', 'lone-2', 'lone-3'].map((host) => said(stage.changes(stage.run('run-a'), at(host))));
    expect(verdicts).toEqual(['ok', 'ok', 'blast_radius_spent']);
  });

  test('says which hosts, how many may be, and when there is room again', () => {
    const stage = on();
    stage.changes(stage.run('run-a'), at('shop-1'));
    stage.clock.now += 10 * minute;
    stage.changes(stage.run('run-b'), at('shop-2'));
    expect(detail(stage.changes(stage.run('run-c'), at('shop-3')))).toBe(
      'shop-1, shop-2 were changed, and 2 of the hosts of service shop may be in one window; again in 50 min',
    );
  });

  test('after a clock went back an hour lets no more through than before', () => {
    const stage = on();
    for (const host of ['shop-1', 'shop-2']) stage.changes(stage.run('run-a'), at(host));
    stage.clock.now -= hour;
    expect(said(stage.changes(stage.run('run-b'), at('shop-3')))).toBe('blast_radius_spent');
  });

  test('does not watch over what has no host', () => {
    const stage = on();
    expect(said(stage.changes(stage.run('run-a'), { args: {} }))).toBe('ok');
    expect(stage.held.size).toBe(0);
  });
});
