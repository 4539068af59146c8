/** Playbooks that nobody would write, of everything that the language has: put together by dice, loaded as any other. */
import type { Playbook } from '../../../src/domain/playbook.ts';
import { playbook } from '../../support/facts.ts';
import type { Dice } from './dice.ts';

const head = (id: string, more = ''): string => `schema: playbook/v1
id: ${id}
name: ${id}
owners: [o]
triggers: [{manual: {roles: [responder]}}]
${more}`;

/** What the others may run. */
export const children: readonly Playbook[] = [
  `${head('child')}steps:\n  - {id: inner, action: shop.restart, with: {host: shop-2, id: inner}}\n`,
  `${head('gated')}steps:
  - {id: asked, action: approval, with: {approvers: {roles: [responder]}, expires_in: 3m}}
  - {id: inner, action: shop.exec, with: {host: shop-2, id: inner}}
on_cancel: [{action: wait, with: {for: 10s}}]
`,
  `${head('slow')}steps:\n  - {id: rest, action: wait, with: {for: 4m}}\n  - {id: inner, action: shop.exec, with: {id: inner}}\n`,
  `${head('nothing')}steps:\n  - {id: never, if: "\${{ false }}", action: wait, with: {for: 4m}}\n`,
  `${head('grouped', 'concurrency: {group: g, on_conflict: queue}\n')}steps:\n  - {id: inner, action: shop.exec, with: {id: inner}}\n`,
].map(playbook);

const changes = ['shop.restart', 'shop.exec', 'shop.script'];
const hosts = [', host: shop-1', ', host: shop-1', ', host: shop-2', ''];
const looks = (roll: Dice): string =>
  `verify: [{action: shop.look, with: {}, expect: "\${{ result.value == 1 }}", within: 30s, interval: 5s${roll.one(['', ', stable_for: 6s'])}}]`;
const retry = 'retry: {max_attempts: 3, backoff: {initial: 5s}}';
const condition = (roll: Dice): string => `if: "\${{ ${roll.one(['true', 'false'])} }}"`;

/** `{…}` of one step that changes something, with some of what can stand beside. */
function change(id: string, roll: Dice, more: readonly string[] = []): string {
  const action = roll.one(changes);
  const undo = `rollback: [{action: ${roll.one(changes)}, with: {id: undo${roll.one(hosts)}}}]`;
  const also = [looks(roll), retry, 'timeout: 20s', 'continue_on_error: true', undo, undo].filter(() => roll.in(3));
  const item = more.some((key) => key.startsWith('foreach')) ? '"${{ item }}"' : id;
  return `{id: ${id}, ${unique([`action: ${action}`, `with: {id: ${item}${roll.one(hosts)}}`, ...more, ...also]).join(', ')}}`;
}

const unique = (keys: readonly string[]): readonly string[] => [
  ...new Map(keys.map((key) => [key.split(':', 1)[0], key])).values(),
];

const list = (roll: Dice): string =>
  `foreach: {in: "\${{ ${roll.one(["['a', 'b', 'c']", "['a', 'b']", '[]'])} }}", max_parallel: ${1 + roll.below(3)}}`;

const member = (id: string, roll: Dice): string =>
  roll.one([
    () => change(id, roll),
    () => change(id, roll),
    () => change(id, roll, [list(roll)]),
    () => `{id: ${id}, action: wait, with: {for: 1m}}`,
    () => `{id: ${id}, action: shop.look, with: {}}`,
  ])();

const kinds: readonly ((id: string, roll: Dice) => string)[] = [
  (id, roll) => change(id, roll),
  (id, roll) => change(id, roll),
  (id, roll) => change(id, roll, [list(roll)]),
  (id, roll) => change(id, roll, [list(roll)]),
  (id, roll) =>
    `{id: ${id}, parallel: [${[1, 2, 3].slice(0, 2 + roll.below(2)).map((n) => member(`${id}${n}`, roll))}]}`,
  (id, roll) => `{id: ${id}, parallel: [${[1, 2].map((n) => member(`${id}${n}`, roll))}], continue_on_error: true}`,
  (id, roll) =>
    `{id: ${id}, action: approval, with: {approvers: {roles: [responder]}, min_approvals: ${1 + roll.below(2)}, expires_in: 10m, start_within: 1m}}`,
  (id, roll) =>
    `{id: ${id}, action: approval, with: {approvers: {roles: [responder]}}${roll.in(3) ? `, ${condition(roll)}` : ''}}`,
  (id, roll) =>
    `{id: ${id}, action: ask, with: {question: 'Which?', answer: {type: integer}}${roll.in(2) ? ', continue_on_error: true' : ''}}`,
  (id) => `{id: ${id}, action: wait, with: {for: 1m}}`,
  (id) => `{id: ${id}, action: shop.look, with: {}, assert: "\${{ result.value == 1 }}"}`,
  (id, roll) => `{id: ${id}, action: playbook.run, with: {playbook: ${roll.one(children).id}}}`,
  (id, roll) =>
    `{id: ${id}, action: playbook.run, with: {playbook: ${roll.one(children).id}}, foreach: {in: "\${{ ['a', 'b'] }}", max_parallel: ${1 + roll.below(2)}}}`,
];

function closing(part: string, roll: Dice): string {
  if (!roll.in(2)) return '';
  const steps = [
    () => `{action: ${roll.one(changes)}, with: {id: ${part}${roll.one(hosts)}}}`,
    () => '{action: wait, with: {for: 30s}}',
    () => `{action: shop.restart, with: {id: "\${{ item }}"${roll.one(hosts)}}, foreach: "\${{ ['a', 'b'] }}"}`,
    () => '{action: playbook.run, with: {playbook: child}}',
  ];
  return `${part}: [${Array.from({ length: 1 + roll.below(2) }, () => roll.one(steps)())}]\n`;
}

const concurrency = ['', '', '', 'concurrency: {group: g, on_conflict: queue}\n', 'concurrency: {group: g}\n'];

export function written(roll: Dice): Playbook {
  const steps = Array.from({ length: 1 + roll.below(4) }, (_, at) => roll.one(kinds)(`s${at}`, roll));
  const text = [
    head('main', `timeout: ${roll.one(['5m', '30m'])}\n`),
    roll.one(['', 'failure_strategy: rollback\n']),
    roll.one(['', 'on_alert_resolved: cancel_pending\n']),
    roll.one(concurrency),
    roll.in(6) ? 'limits: {circuit_breaker: {per: x, failures: 2, window: 1h}}\n' : '',
    `steps:\n${steps.map((step) => `  - ${step}\n`).join('')}`,
    ...['on_failure', 'on_cancel', 'finally'].map((part) => closing(part, roll)),
  ].join('');
  // Without the strategy nothing would ever run a rollback, and the loader says so.
  return playbook(text.includes('failure_strategy') ? text : text.replace(/, rollback: \[[^\]]*\]/g, ''));
}
