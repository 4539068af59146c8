/** Stories of runs: together they come to every state that a run and a step can be in, with every class of effect. */

/** What one step does to the target, and how often that may be, whatever dies meanwhile. */
export interface Deed {
  readonly step: string;
  /** `idempotent`: again as the same attempt. `once`: never again, unless a person said that it had not happened. */
  readonly effect: 'idempotent' | 'reattachable' | 'once';
}

export interface Story {
  readonly name: string;
  readonly deeds: readonly Deed[];
  /** How it ends when nobody is killed. */
  readonly ends: 'succeeded' | 'failed' | 'cancelled';
  /** Runs of `main` at once. */
  readonly runs?: number;
  /** The person cancels when this step waits. */
  readonly cancelsAt?: string;
  /** Nobody dies anywhere else: the rest is in other stories. */
  readonly only?: RegExp;
  playbooks(ledger: string): Readonly<Record<string, string>>;
}

const head = (id: string, more = ''): string => `schema: playbook/v1
id: ${id}
name: ${id}
owners: [team-shop]
triggers: [{manual: {roles: [responder]}}]
${more}steps:
`;

const act = (id: string, how: { ledger: string; effect: 'idempotent' | 'once'; more?: string }): string =>
  `  - id: ${id}
    action: ssh.exec
    effect: ${how.effect}
    with: {host: shop-1, argv: ['${how.ledger}', ${id}]}
${how.more ?? ''}`;

const look = (id: string, more = ''): string =>
  `  - {id: ${id}, action: prometheus.query, with: {query: 'vector(1)'}${more}}\n`;

const verified = `    verify: [{action: prometheus.query, with: {query: 'vector(1)'}, expect: '\${{ result.value == 1.0 }}', within: 1m, interval: 1s, stable_for: 1s}]\n`;

export const stories: readonly Story[] = [
  {
    name: 'classes',
    ends: 'succeeded',
    deeds: [
      { step: 'nudge', effect: 'idempotent' },
      { step: 'script', effect: 'reattachable' },
      { step: 'switch', effect: 'once' },
    ],
    playbooks: (ledger) => ({
      main: `${head('main')}${look('look')}${act('nudge', { ledger, effect: 'idempotent', more: verified })}  - id: script
    action: ssh.script
    with: {host: shop-1, script: "'${ledger}' script followed; sleep 1; echo done"}
${look('never', ", if: '${{ false }}'")}${act('switch', { ledger, effect: 'once' })}`,
    }),
  },
  {
    name: 'people',
    ends: 'succeeded',
    deeds: [{ step: 'switch', effect: 'once' }],
    playbooks: (ledger) => ({
      main: `${head('main')}  - {id: which, action: ask, with: {question: 'Which?', answer: {type: string}, roles: [responder]}}
  - {id: approve, action: approval, with: {approvers: {roles: [responder]}}}
  - {id: rest, action: wait, with: {for: 1s}}
${act('switch', { ledger, effect: 'once' })}`,
    }),
  },
  {
    name: 'groups',
    ends: 'succeeded',
    deeds: [
      { step: 'a', effect: 'idempotent' },
      { step: 'b', effect: 'idempotent' },
      { step: 'c', effect: 'idempotent' },
      { step: 'right', effect: 'once' },
    ],
    playbooks: (ledger) => ({
      main: `${head('main')}  - id: each
    foreach: {in: "\${{ ['a', 'b', 'c'] }}", max_parallel: 2}
    action: ssh.exec
    effect: idempotent
    with: {host: shop-1, argv: ['${ledger}', --, "\${{ item }}"]}
  - id: both
    parallel:
      - {id: left, action: prometheus.query, with: {query: 'vector(1)'}}
      - {id: right, action: ssh.exec, effect: once, with: {host: shop-1, argv: ['${ledger}', right]}}
`,
    }),
  },
  {
    name: 'undo',
    ends: 'failed',
    deeds: [
      { step: 'nudge', effect: 'idempotent' },
      { step: 'undo', effect: 'idempotent' },
      { step: 'last', effect: 'idempotent' },
    ],
    playbooks: (ledger) => ({
      main: `${head('main', 'failure_strategy: rollback\n')}${act('nudge', {
        ledger,
        effect: 'idempotent',
        more: `    rollback: [{action: ssh.exec, effect: idempotent, with: {host: shop-1, argv: ['${ledger}', undo]}}]\n`,
      })}  - {id: breaks, action: assert, with: {that: '\${{ 1 > 2 }}', message: no}}
on_failure: [{action: prometheus.query, with: {query: 'vector(1)'}}]
finally: [{action: ssh.exec, effect: idempotent, with: {host: shop-1, argv: ['${ledger}', last]}}]
`,
    }),
  },
  {
    name: 'family',
    ends: 'succeeded',
    deeds: [{ step: 'nudge', effect: 'idempotent' }],
    playbooks: (ledger) => ({
      main: `${head('main')}  - {id: sub, action: playbook.run, with: {playbook: child}}\n`,
      child: `${head('child')}${act('nudge', { ledger, effect: 'idempotent' })}`,
    }),
  },
  {
    name: 'queue',
    ends: 'succeeded',
    runs: 2,
    deeds: [],
    playbooks: () => ({
      main: `${head('main', 'concurrency: {group: one, on_conflict: queue}\n')}  - {id: rest, action: wait, with: {for: 1s}}\n`,
      other: `${head('other', 'concurrency: {group: one, on_conflict: queue}\n')}  - {id: rest, action: wait, with: {for: 1s}}\n`,
    }),
  },
  {
    name: 'cancel',
    ends: 'cancelled',
    cancelsAt: 'rest',
    deeds: [
      { step: 'nudge', effect: 'idempotent' },
      { step: 'tidy', effect: 'idempotent' },
    ],
    playbooks: (ledger) => ({
      main: `${head('main')}${act('nudge', { ledger, effect: 'idempotent' })}  - {id: rest, action: wait, with: {for: 10m}}
${act('never', { ledger, effect: 'once' })}on_cancel: [{action: ssh.exec, effect: idempotent, with: {host: shop-1, argv: ['${ledger}', tidy]}}]
`,
    }),
  },
  {
    name: 'cancelled family',
    ends: 'cancelled',
    cancelsAt: 'sub',
    deeds: [{ step: 'tidy', effect: 'idempotent' }],
    playbooks: (ledger) => ({
      main: `${head('main')}  - {id: sub, action: playbook.run, with: {playbook: child}}
on_cancel: [{action: ssh.exec, effect: idempotent, with: {host: shop-1, argv: ['${ledger}', tidy]}}]
`,
      child: `${head('child')}  - {id: rest, action: wait, with: {for: 10m}}\n`,
    }),
  },
  {
    name: 'late',
    ends: 'succeeded',
    only: /time_out_step/,
    deeds: [{ step: 'nudge', effect: 'idempotent' }],
    playbooks: (ledger) => ({
      main: `${head('main')}${act('nudge', { ledger, effect: 'idempotent', more: '    timeout: 1s\n' })}  - {id: rest, action: wait, with: {for: 18s}}\n`,
    }),
  },
];
