/** Which trigger of a playbook counts where several alerts pull several of them. */
import { expect, test } from 'vitest';
import type { Fingerprint } from '../../src/domain/ids.ts';
import { triggeredBy } from '../../src/domain/triggers.ts';
import { facts, incident, playbook, record } from '../support/facts.ts';
import { proposed } from '../support/playbooks.ts';

const withTriggers = (id: string, ...triggers: readonly string[]) =>
  playbook(
    proposed
      .replace('id: restart-shop', `id: ${id}`)
      .replace(/triggers:\n(?: .*\n)+/, `triggers:\n${triggers.map((one) => `  - ${one}\n`).join('')}`),
  );

const named = (alertname: string, instance: string) =>
  record(instance, { labels: { alertname, instance }, fingerprint: `${alertname}/${instance}` as Fingerprint });

const proposals = (playbooks: readonly ReturnType<typeof playbook>[], fired: readonly ReturnType<typeof named>[]) =>
  triggeredBy(incident('triggered'), fired, facts({}, playbooks)).proposals.map(
    ({ id, subject }) => `${id} for ${subject?.fingerprint}`,
  );

test('the first trigger that any alert pulls, with the first alert that does, in the order of the playbooks', () => {
  const one = withTriggers('one', `alert: ['alertname="Down"']`, `alert: ['alertname=~"Slow|Late"']`);
  const two = withTriggers('two', `alert: ['alertname=~".*"', 'instance!="b"']`);
  const none = withTriggers('none', `alert: ['alertname="Never"']`, 'manual: {roles: [responder]}');
  const fired = [named('Late', 'b'), named('Slow', 'a'), named('Down', 'c'), named('Down', 'd')];
  expect(proposals([one, none, two], fired)).toEqual(['one for Down/c', 'two for Slow/a']);
  expect(proposals([two, one], fired.slice(0, 2))).toEqual(['two for Slow/a', 'one for Late/b']);
  expect(proposals([none], fired)).toEqual([]);
});

test('a trigger that has to last counts like any other: the next one of its playbook is not looked at', () => {
  const patient = withTriggers('patient', `{alert: ['alertname="Down"'], for: 2m}`, `alert: ['instance="a"']`);
  const { proposals: shown, effects } = triggeredBy(incident('triggered'), [named('Down', 'a')], facts({}, [patient]));
  expect(shown).toEqual([]);
  expect(effects).toMatchObject([{ kind: 'retry_trigger', fingerprint: 'Down/a' }]);
});
