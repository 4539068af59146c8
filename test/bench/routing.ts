/** Finding the playbooks of ten thousand alerts among two hundred, against asking each playbook. */
import { Environment } from '@marcbachmann/cel-js';
import type { Labels } from '../../src/domain/alert.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import { matches } from '../../src/playbooks/matchers.ts';
import { triggered } from '../../src/playbooks/trigger-index.ts';
import { median, type Row, rounds } from './table.ts';

const alertCount = 10_000;
const playbookCount = 200;
/** A rival takes seconds for all of them. */
const forRivals = 1_000;

type Ask = (labels: Labels) => number;

/** Microseconds for each alert; what was found is counted, so that nobody is quick by finding nothing. */
export function routingRows(): readonly Row[] {
  const playbooks = Array.from({ length: playbookCount }, (_, at) => playbookOf(at));
  const asks = { ours: indexed(playbooks), matchers: oneByOne(playbooks), cel: expressions(playbooks) };
  const times = { ours: [] as number[], matchers: [] as number[], cel: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const alerts = asReceived();
    const few = alerts.slice(0, forRivals);
    const found = new Set([timed(asks.cel, few, times.cel), timed(asks.matchers, few, times.matchers)]);
    found.add(few.reduce((sum, labels) => sum + asks.ours(labels), 0));
    if (found.size !== 1) throw new Error(`the ways of asking disagree: ${[...found]}`);
    timed(asks.ours, alerts, times.ours);
  }
  const row = { name: 'playbooks for one of 10,000 alerts, of 200', ours: median(times.ours), unit: 'µs' };
  return [
    { ...row, against: 'a CEL expression each', theirs: median(times.cel), target: { least: 50 } },
    { ...row, against: 'the matchers of each', theirs: median(times.matchers), target: { least: 10 } },
    { ...row, name: `${row.name} (200,000 a second)`, target: { limit: 5 } },
  ];
}

/** Texts that nobody has looked at yet, as after a webhook. */
const asReceived = (): readonly Labels[] =>
  JSON.parse(JSON.stringify(Array.from({ length: alertCount }, (_, at) => labelsOf(at))));

function timed(ask: Ask, alerts: readonly Labels[], into: number[]): number {
  const began = performance.now();
  const found = alerts.reduce((sum, labels) => sum + ask(labels), 0);
  into.push(((performance.now() - began) * 1_000) / alerts.length);
  return found;
}

const indexed =
  (playbooks: readonly Playbook[]): Ask =>
  (labels) =>
    triggered(playbooks, labels).length;

function oneByOne(playbooks: readonly Playbook[]): Ask {
  const lists = playbooks.flatMap(matchersOf);
  return (labels) => lists.filter((matchers) => matches(matchers, labels)).length;
}

/** The same questions in CEL, parsed once. */
function expressions(playbooks: readonly Playbook[]): Ask {
  const environment = new Environment().registerVariable('labels', 'map');
  const asked = playbooks.flatMap(matchersOf).map((matchers) => environment.parse(matchers.map(celOf).join(' && ')));
  return (labels) => asked.filter((ask) => ask({ labels })).length;
}

const matchersOf = ({ triggers }: Playbook): readonly (readonly string[])[] =>
  triggers.flatMap((trigger) => (trigger.kind === 'alert' ? [trigger.matchers] : []));

/** Of those below only: what RE2 would match is written as CEL has it. */
function celOf(matcher: string): string {
  const [, label, operator, value = ''] = /^(\w+)(=~|=)"(.*)"$/.exec(matcher) ?? [];
  if (operator === '=') return `labels.${label} == "${value}"`;
  if (value.endsWith('.*')) return `labels.${label}.startsWith("${value.slice(0, -2)}")`;
  return `labels.${label} in [${value
    .split('|')
    .map((one) => `"${one}"`)
    .join(', ')}]`;
}

/** As teams write them: by name and service, by name and severity, for several names, and for a whole namespace. */
function matchersAt(at: number): readonly string[] {
  if (at % 20 === 0) return [`namespace=~"team-${at / 20}-.*"`, 'severity="critical"'];
  if (at % 5 === 0) return [`alertname=~"Alert${at}|Alert${at + 1}"`, 'env="prod"'];
  if (at % 3 === 0) return [`alertname="Alert${at}"`, 'severity=~"critical|warning"'];
  return [`alertname="Alert${at}"`, `service="service-${at % 40}"`];
}

const playbookOf = (at: number): Playbook =>
  ({
    id: `playbook-${at}`,
    triggers: [{ kind: 'alert', matchers: matchersAt(at), forMs: 0, mode: 'propose' }],
  }) as unknown as Playbook;

/** Half of them have a name that some playbook knows. */
const labelsOf = (at: number): Labels => ({
  alertname: `Alert${at % (2 * playbookCount)}`,
  cluster: 'eu-1',
  env: at % 4 ? 'prod' : 'staging',
  instance: `10.1.${(at >> 8) & 255}.${at & 255}:9100`,
  job: 'node',
  namespace: `team-${at % 30}-checkout`,
  pod: `api-${at}`,
  service: `service-${at % 40}`,
  severity: at % 3 ? 'warning' : 'critical',
  team: 'sre',
});
