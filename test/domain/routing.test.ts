/** Where an alert belongs: service, severity, channel and title. */
import { describe, expect, test } from 'vitest';
import { destinationOf, titleOf, worst } from '../../src/domain/routing.ts';
import { firing, group } from '../support/alerts.ts';
import { pure } from '../support/facts.ts';
import { policy } from '../support/scenario.ts';

const routes = [
  { match: ['team="db"'], service: 'database', severity: 'sev2' as const },
  { match: ['team=~"d.*"'], service: 'never reached' },
  { match: ['quiet="yes"'], channel: 'never' as const },
];
const to = (labels: Record<string, string>) => destinationOf(labels, { policy: { ...policy, routes }, pure });

describe('labels lead to', () => {
  test.each`
    labels                                       | service            | severity  | channel          | because
    ${{}}                                        | ${''}              | ${'sev3'} | ${'first_alert'} | ${'nothing is said'}
    ${{ service: 'shop', severity: 'critical' }} | ${'shop'}          | ${'sev1'} | ${'first_alert'} | ${'the labels say'}
    ${{ team: 'db', severity: 'critical' }}      | ${'database'}      | ${'sev2'} | ${'first_alert'} | ${'the first route goes before labels'}
    ${{ team: 'dx' }}                            | ${'never reached'} | ${'sev3'} | ${'first_alert'} | ${'the second one matches'}
    ${{ quiet: 'yes', service: 'shop' }}         | ${'shop'}          | ${'sev3'} | ${'never'}       | ${'a route leaves the rest to the labels'}
    ${{ severity: 'constructor' }}               | ${''}              | ${'sev3'} | ${'first_alert'} | ${'a hostile label names no severity'}
    ${{ severity: '__proto__' }}                 | ${''}              | ${'sev3'} | ${'first_alert'} | ${'nor this'}
  `('$labels → $service, $severity, $channel: $because', ({ labels, service, severity, channel }) => {
    expect(to(labels)).toEqual({ service, severity, channel });
  });

  test('the worst severity of several', () => {
    expect([worst(['sev3', 'sev1', 'sev2']), worst([])]).toEqual(['sev1', undefined]);
  });
});

describe('the title is', () => {
  test.each`
    annotations                        | groupLabels                                     | title
    ${{ summary: ' Shop down ' }}      | ${{}}                                           | ${'Shop down'}
    ${{ summary: ' ', title: 'Down' }} | ${{}}                                           | ${'Down'}
    ${{ summary: '' }}                 | ${{}}                                           | ${'ShopDown'}
    ${{ summary: '' }}                 | ${{ alertname: 'ShopDown', zone: 'eu', x: '' }} | ${'ShopDown (eu)'}
  `('$title of $annotations and $groupLabels', ({ annotations, groupLabels, title }) => {
    expect(titleOf(group([], { groupLabels }), firing('a', { annotations }))).toBe(title);
  });
});
