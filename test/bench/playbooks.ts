/** Two hundred playbooks: how long they take to load, against two libraries that only look at the shape; and to find. */
import { load } from 'js-yaml';
import { LineCounter, parseDocument } from 'yaml';
import { noPrometheus } from '../../src/clients/no-prometheus.ts';
import { createSshClient } from '../../src/clients/ssh.ts';
import type { Chat } from '../../src/engine/ports.ts';
import { loadPlaybook } from '../../src/playbooks/load.ts';
import type { Loaded } from '../../src/playbooks/loaded.ts';
import { plainData } from '../../src/playbooks/plain-yaml.ts';
import { PlaybookShape } from '../../src/playbooks/shape/playbook.ts';
import { stepActions } from '../../src/steps/index.ts';
import { routingRows } from './routing.ts';
import { median, type Row, rounds } from './table.ts';

const count = 200;

export const playbookRows = async (): Promise<readonly Row[]> => [...loadingRows(), ...routingRows()];

function loadingRows(): readonly Row[] {
  const actions = stepActions({ ssh: createSshClient({ hosts: [] }), prometheus: noPrometheus, chat: {} as Chat });
  const ours = (text: string): Loaded => loadPlaybook({ file: 'playbooks/one.yml', text }, actions);
  const ways = {
    jsYaml: (text: string) => PlaybookShape.parse(load(text)),
    shape: (text: string) => PlaybookShape.parse(plainData(text)?.data),
    whole: (text: string) => mustLoad(ours(text)),
    yaml: (text: string) =>
      PlaybookShape.safeParse(parseDocument(mistyped(text), { lineCounter: new LineCounter() }).toJS()),
    broken: (text: string) => mustName(ours(mistyped(text))),
  };
  const { jsYaml, shape, whole, yaml, broken } = measured(ways);
  const against = { against: 'js-yaml + zod', theirs: jsYaml, unit: 'ms', target: { most: 1.2 } };
  return [
    { ...against, name: 'read 200 playbooks: YAML and shape', ours: shape },
    { ...against, name: 'load 200: expressions, arguments, references, hash', ours: whole },
    {
      ...against,
      name: 'the same, a mistake in each at line and column',
      against: 'yaml + zod',
      theirs: yaml,
      ours: broken,
    },
  ];
}

/**
 * Playbook by playbook and in turns, so that whatever else the machine does slows all of them alike, and nobody always
 * comes after the heaviest. Milliseconds for all playbooks.
 */
function measured<Way extends string>(ways: Readonly<Record<Way, (text: string) => unknown>>): Record<Way, number> {
  const names = Object.keys(ways) as Way[];
  const totals = new Map(names.map((name) => [name, Array.from({ length: rounds }, () => 0)]));
  for (let turn = 0; turn < rounds * count * names.length; turn += 1) {
    const playbook = Math.floor(turn / names.length);
    const round = Math.floor(playbook / count);
    // Five is prime: each step between them visits all, and each follows each as often.
    const step = 1 + (playbook % (names.length - 1));
    const name = names[(turn * step) % names.length];
    if (name === undefined) continue;
    // No text is like one before: nobody may remember it.
    const text = playbookText(playbook % count, round);
    const began = performance.now();
    ways[name](text);
    const total = totals.get(name);
    if (total) total[round] = (total[round] ?? 0) + performance.now() - began;
  }
  return Object.fromEntries([...totals].map(([name, times]) => [name, median(times)])) as Record<Way, number>;
}

const mistyped = (text: string): string => text.replace('timeout: 2m', 'timout: 2m');

function mustLoad(loaded: Loaded): void {
  if ('problems' in loaded) throw new Error(`the bench's playbook is wrong: ${JSON.stringify(loaded.problems)}`);
}

function mustName(loaded: Loaded): void {
  const [problem] = 'problems' in loaded ? loaded.problems : [];
  if (problem?.code !== 'unknown_key' || problem.line < 2) throw new Error('a mistake was not found');
}

/** Of eight steps, as a team writes it. */
const playbookText = (at: number, round: number): string => `schema: playbook/v1
id: restart-shop-${at}
name: Restart the shop, ${at}
description: Restarts what is broken, after somebody has looked at it, and makes sure that it is up again.
owners: [team-shop, team-sre]
risk: medium
timeout: 20m
triggers:
  - alert: ['alertname="ShopDown${at}"', 'env=~"prod|staging"']
    for: 2m
  - manual: {roles: [responder]}
inputs:
  host: {type: string, from: alert.labels.instance, description: The host that is down}
  count: {type: integer, minimum: 1, maximum: 20, default: 3}
steps:
  - id: look
    name: Is it really down?
    action: prometheus.query
    with: {query: 'up{instance=$i}', vars: {i: "\${{ alert.labels.instance }}"}}
    outputs:
      up: "\${{ result.value }}"
  - id: approve
    action: approval
    if: "\${{ steps.look.outputs.up != ${round * count + at} && inputs.count < ${at} }}"
    with: {approvers: {roles: [responder]}, expires_in: 10m}
${[1, 2, 3, 4, 5].map(restartText).join('')}  - id: restart
    action: ssh.systemd
    with: {host: "\${{ inputs.host }}", unit: shop${at}.service, do: restart}
    timeout: 2m
    verify:
      - action: prometheus.query
        with: {query: 'up{instance=$i}', vars: {i: "\${{ alert.labels.instance }}"}}
        expect: "\${{ result.value == ${at} }}"
        within: 2m
`;

const restartText = (unit: number): string => `  - id: restart${unit}
    name: Restart unit ${unit}
    action: ssh.systemd
    with: {host: "\${{ inputs.host }}", unit: shop${unit}.service, do: restart}
    retry: {max_attempts: 2, backoff: {initial: 5s}}
`;
