/** Every key of a case does what it says, and a case that expects something else fails and says what the difference is. */
import { expect, test } from 'vitest';
import { head, played, restart, type Written } from './folder.ts';

const failing = { alert: 'alert: {labels: {alertname: ShopErrors, service: shop}}' };
const steps = (...lines: readonly string[]): string => `steps:\n${lines.join('')}`;
const exec = (id: string, more = ''): string =>
  `  - {id: ${id}, action: ssh.exec, with: {host: shop-1, argv: [mend, ${id}]}${more}}\n`;
const query = (id: string, more = ''): string =>
  `  - {id: ${id}, action: prometheus.query, with: {query: up}${more}}\n`;
const approve = (more: string): string =>
  `  - {id: ok, action: approval, with: {approvers: {roles: [responder]}, expires_in: 10m${more}}}\n`;
const script = '  - {id: tidy, action: ssh.script, with: {host: shop-1, script: "rm -rf cache"}}\n';

interface Row extends Omit<Written, 'cases'> {
  readonly key: string;
  readonly goes: readonly string[];
  /** A case that must fail, and what it says. */
  readonly fails: string;
  readonly says: string;
}

const verified = restart.replace(
  '}}',
  '}, verify: [{action: prometheus.query, with: {query: up}, expect: "${{ result.value == 1.0 }}", within: 1m, interval: 10s}, {action: prometheus.query, with: {query: down}, expect: "${{ result.value == 0.0 }}", within: 1m, interval: 10s}]}',
);
const mocked = (value: string): string => `mocks: {"restart.verify[1]": ${value}}`;

const rows: readonly Row[] = [
  {
    key: 'mode: schedule',
    playbook: steps(restart),
    triggers: '  - schedule: {cron: "0 3 * * 6", timezone: Europe/Berlin}\n',
    goes: ['mode: schedule, expect: {steps: [restart], state: succeeded}'],
    fails: 'mode: schedule, expect: {state: refused}',
    says: 'state: refused expected, it is succeeded',
  },
  {
    key: 'mode: schedule, by itself',
    playbook: `limits: {freeze: [{calendar: holidays}]}\n${steps(restart)}`,
    triggers: '  - {schedule: {cron: "0 3 * * 6", timezone: Europe/Berlin}, mode: auto}\n',
    goes: [
      'mode: schedule, expect: {steps: [restart], state: succeeded}',
      'mode: schedule, frozen: [holidays], expect: {state: refused, reason: frozen}',
    ],
    fails: 'mode: schedule, frozen: [holidays], expect: {state: succeeded}',
    says: 'it was refused (frozen): its schedule did not start it',
  },
  {
    key: 'mocks: what a step gives',
    playbook: steps(query('look'), restart.replace('}}', '}, if: "${{ steps.look.outputs.value > 3.0 }}"}')),
    goes: [
      'mocks: {look: {value: 4.0}}, expect: {steps: [look, restart], state: succeeded}',
      'mocks: {look: {value: 2.0}}, expect: {steps: [look], skipped: [restart], state: succeeded}',
    ],
    fails: 'mocks: {look: {value: 2.0}}, expect: {steps: [look, restart], skipped: []}',
    says: 'steps: look, restart expected, it is look\nskipped: none expected, it is restart',
  },
  {
    key: 'mocks: one after the other, and failures by class',
    playbook: steps(
      exec('a', ', retry: {max_attempts: 3, retry_on: [connect_error], backoff: {initial: 5s}}').replace(
        'ssh.exec',
        'ssh.exec',
      ),
    ),
    goes: [
      'mocks: {a: [{fail: no route, when: before_dispatch, class: connect_error}, {exit_code: 0}]}, expect: {state: succeeded, dispatches: {a: 2}, same_attempt_id: false}',
      'mocks: {a: [{fail: exit 1, class: exit_code}, {exit_code: 0}]}, expect: {state: failed, outcome: exit 1, failed: [a], dispatches: {a: 1}}',
    ],
    fails:
      'mocks: {a: [{fail: no route, when: before_dispatch, class: connect_error}, {exit_code: 0}]}, expect: {dispatches: {a: 1}, same_attempt_id: true, failed: [a]}',
    says: 'failed: a expected, it is none\ndispatches: `a` 1 times expected, it was 2\nsame_attempt_id: `a` was begun as another attempt',
  },
  {
    key: 'mocks of a look, of the second one alone too',
    playbook: steps(verified),
    goes: [
      'expect: {state: succeeded}',
      `${mocked('[{value: 1.0}, {value: 0.0}]')}, expect: {state: succeeded}`,
      `${mocked('{value: 1.0}')}, expect: {state: failed, outcome: did not come true}`,
    ],
    fails: `${mocked('{value: 1.0}')}, expect: {state: succeeded}`,
    says: 'state: succeeded expected, it is failed (restart: the check “prometheus.query” did not come true in 60 s)',
  },
  {
    key: 'unknown and settle',
    playbook: steps(exec('a')),
    goes: [
      'mocks: {a: {unknown: the line was cut}}, expect: {state: needs_attention, outcome: the line was cut}',
      'mocks: {a: {unknown: the line was cut}}, settle: {a: worked}, expect: {state: succeeded}',
      'mocks: {a: {unknown: the line was cut}}, settle: {a: failed}, expect: {state: failed}',
      'mocks: {a: [{unknown: the line was cut}, {exit_code: 0}]}, settle: {a: retry}, expect: {state: succeeded, dispatches: {a: 2}}',
    ],
    fails: 'mocks: {a: {unknown: the line was cut}}, settle: {a: worked}, expect: {state: needs_attention}',
    says: 'state: needs_attention expected, it is succeeded (all steps done)',
  },
  {
    key: 'approvals',
    playbook: steps(approve(', min_approvals: 2'), restart),
    goes: [
      'expect: {state: succeeded, steps: [ok, restart], approvals: 1}',
      'approvals: {ok: reject}, expect: {state: failed, outcome: rejected by, not_run: [restart]}',
      'approvals: {ok: expire}, expect: {state: failed, outcome: nobody approved in time}',
      'approvals: {ok: {by: [{name: bob, roles: [responder]}]}}, expect: {state: waiting_approval}',
      'approvals: {ok: {by: [{name: bob, roles: [responder]}, {name: carol, roles: [dba]}]}}, expect: {state: waiting_approval}',
      'approvals: {ok: {by: [{name: bob, roles: [responder]}, {name: carol, roles: [responder]}]}}, expect: {state: succeeded}',
    ],
    fails: 'approvals: {ok: reject}, expect: {state: succeeded, approvals: 2}',
    says: 'state: succeeded expected, it is failed (ok: rejected by approver1: rehearsed)\napprovals: 2 expected, 1 were asked for',
  },
  {
    key: 'requester',
    playbook: steps(approve(', allow_requester: false'), restart),
    goes: [
      'requester: {name: bob, roles: [responder]}, approvals: {ok: {by: [{name: bob, roles: [responder]}]}}, expect: {state: waiting_approval}',
      'requester: {name: mallory, roles: [sales]}, expect: {state: refused, reason: not_allowed}',
    ],
    fails: 'requester: {name: mallory, roles: [sales]}, expect: {state: succeeded}',
    says: 'it was refused (not_allowed)',
  },
  {
    key: 'answers',
    playbook: steps(
      '  - {id: why, action: ask, with: {question: Which?, answer: {type: integer, minimum: 1}, expires_in: 5m}}\n',
      exec('a').replace('mend, a', 'mend, --, "${{ steps.why.outputs.answer }}"'),
    ),
    goes: [
      'answers: {why: 7}, expect: {state: succeeded, arguments: {a: {argv: [mend, "--", 7]}}}',
      'answers: {why: 0}, expect: {state: waiting_answer}',
      'expect: {state: failed, outcome: nobody answered in time}',
    ],
    fails: 'answers: {why: 7}, expect: {arguments: {a: {argv: [mend, "--", 8], host: shop-1}}}',
    says: 'arguments: `a.argv` ["mend","--",8] expected, it is ["mend","--",7]',
  },
  {
    key: 'crash: whatever the effect',
    playbook: steps(query('look'), restart, script, exec('once')),
    goes: [
      ...['before_effect', 'after_effect'].map(
        (when) =>
          `crash: {at: look, when: ${when}}, expect: {state: succeeded, dispatches: {look: ${when === 'before_effect' ? 1 : 2}}}`,
      ),
      'crash: {at: restart, when: before_effect}, expect: {state: succeeded, dispatches: {restart: 1}, same_attempt_id: true}',
      'crash: {at: restart, when: after_effect}, expect: {state: succeeded, dispatches: {restart: 2}, same_attempt_id: true}',
      'crash: {at: tidy, when: before_effect}, expect: {state: needs_attention, dispatches: {tidy: 0}}',
      'crash: {at: tidy, when: after_effect}, expect: {state: succeeded, dispatches: {tidy: 1}}',
      'crash: {at: once, when: before_effect}, expect: {state: needs_attention, dispatches: {once: 0}}',
      'crash: {at: once, when: after_effect}, settle: {once: worked}, expect: {state: succeeded, dispatches: {once: 1}}',
    ],
    fails: 'crash: {at: once, when: after_effect}, expect: {state: succeeded, dispatches: {once: 2}}',
    says: 'state: succeeded expected, it is needs_attention (the worker was lost while it ran: whether it took effect is not known)\ndispatches: `once` 2 times expected, it was 1',
  },
  {
    key: 'cancel_after',
    playbook: steps('  - {id: rest, action: wait, with: {for: 10m}}\n', restart),
    goes: [
      'cancel_after: 3m, expect: {state: cancelled, steps: [rest], not_run: [restart]}',
      'cancel_after: 30m, expect: {state: succeeded}',
    ],
    fails: 'cancel_after: 3m, expect: {state: succeeded, not_run: [restart]}',
    says: 'state: succeeded expected, it is cancelled (cancelled by alice)',
  },
  {
    key: 'frozen and at',
    playbook: `limits: {freeze: [{calendar: holidays, override_roles: [boss]}]}\n${steps(restart)}`,
    goes: [
      'frozen: [holidays], expect: {state: refused, reason: frozen}',
      'frozen: [other], at: "2026-12-24T10:00:00Z", expect: {state: succeeded}',
      'frozen: [holidays], requester: {name: eve, roles: [responder, boss]}, expect: {state: succeeded}',
    ],
    fails: 'frozen: [holidays], expect: {state: refused, reason: cooling_down}',
    says: 'reason: cooling_down expected, it is frozen',
  },
  {
    key: 'mode auto, with `for`',
    playbook: steps(restart),
    goes: [
      `mode: auto, ${failing.alert}, expect: {state: succeeded, steps: [restart]}`,
      'mode: auto, alert: {labels: {alertname: Other}}, expect: {state: refused, not_run: [restart]}',
    ],
    fails: `mode: auto, ${failing.alert}, expect: {state: refused, not_run: [restart]}`,
    says: 'state: refused expected, it is succeeded (all steps done)\nnot_run: `restart` was run all the same',
  },
  {
    key: 'inputs, reasons and arguments',
    playbook: `inputs: {host: {type: host, from: alert.labels.instance}}\n${steps(restart.replace('shop-1', '"${{ inputs.host }}"'))}`,
    goes: [
      'inputs: {host: shop-2}, expect: {arguments: {restart: {host: shop-2}}, reasons: [run_started, step_succeeded, run_succeeded]}',
      'alert: {labels: {instance: "shop-1:9100"}}, expect: {arguments: {restart: {host: shop-1, do: restart}}}',
      'inputs: {host: db-1}, expect: {state: refused, reason: inputs_invalid}',
    ],
    fails:
      'inputs: {host: shop-2}, expect: {reasons: [run_succeeded, run_started], arguments: {restart: {host: shop-1}}}',
    says: 'arguments: `restart.host` "shop-1" expected, it is "shop-2"\nreasons: `run_started` expected after run_succeeded, there are run_started, step_started, step_succeeded, run_succeeded',
  },
  {
    key: 'foreach, parallel and rollback',
    playbook: `failure_strategy: rollback\n${steps(
      '  - {id: each, foreach: "${{ [\'x\', \'y\'] }}", action: ssh.exec, with: {host: shop-1, argv: [mend, --, "${{ item }}"]}, rollback: [{action: ssh.exec, with: {host: shop-1, argv: [undo, --, "${{ item }}"]}}]}\n',
      '  - {id: both, parallel: [{id: left, action: prometheus.query, with: {query: up}}, {id: right, action: ssh.exec, with: {host: shop-2, argv: [mend]}}]}\n',
    )}on_failure: [{action: incident.note, with: {text: failed}}]\n`,
    goes: [
      'expect: {state: succeeded, steps: ["each[0]", "each[1]", left, right]}',
      'mocks: {"each[1]": {fail: exit 1}}, expect: {state: failed, steps: ["each[0]", "each[1]", "each[1].rollback[0]", "each[0].rollback[0]", "on_failure[0]"], arguments: {"each[0].rollback[0]": {argv: [undo, "--", x]}}}',
      'mocks: {each: [{exit_code: 0}, {fail: exit 1}]}, expect: {state: failed, failed: [each, "each[1]"]}',
      'mocks: {right: {fail: exit 1}, "each.rollback[0]": {fail: no}}, expect: {state: failed, outcome: The rollback failed}',
      'crash: {at: "each[1]", when: after_effect}, settle: {"each[1]": worked}, expect: {state: succeeded, dispatches: {"each[0]": 1, "each[1]": 1}}',
    ],
    fails: 'mocks: {right: {fail: exit 1}}, expect: {steps: ["each[0]", "each[1]", left, right]}',
    says: 'it is each[0], each[1], left, right, each[1].rollback[0], each[0].rollback[0], on_failure[0]',
  },
];

test.each(rows)('$key', async ({ goes, fails, says, ...written }) => {
  const told = await played({ ...written, cases: [...goes, fails] });
  expect(told.slice(0, -1)).toEqual(goes.map(() => []));
  expect(told.at(-1)?.join('\n')).toContain(says);
});

test('a playbook that another one runs is played too, and its steps are named by the step that runs it', async () => {
  const inner = `${head.replace('id: mend', 'id: inner')}steps:\n${restart}`;
  const outer = 'steps:\n  - {id: heal, action: playbook.run, with: {playbook: inner}}\n';
  const [good, lost, wrong] = await played({
    playbook: outer,
    files: { 'inner.yml': inner },
    cases: [
      'expect: {state: succeeded, steps: [heal], dispatches: {heal/restart: 1}, arguments: {heal/restart: {do: restart}}}',
      'mocks: {heal/restart: {fail: no such unit}}, expect: {state: failed, outcome: no such unit}',
      'crash: {at: heal/restart, when: after_effect}, expect: {dispatches: {heal/restart: 1}}',
    ],
  });
  expect([good, lost]).toEqual([[], []]);
  expect(wrong).toEqual(['dispatches: `heal/restart` 1 times expected, it was 2']);
});

test('nothing of one case is left for the next one, and limits are those of production', async () => {
  const limits = 'limits: {cooldown: {per: global, window: 1h}}\n';
  const twice =
    'steps:\n  - {id: one, action: playbook.run, with: {playbook: inner}}\n  - {id: two, action: playbook.run, with: {playbook: inner}}\n';
  const inner = `${head.replace('id: mend', 'id: inner')}${limits}steps:\n${restart}`;
  const told = await played({
    playbook: twice,
    files: { 'inner.yml': inner },
    cases: [
      'expect: {state: failed, outcome: cooling down, dispatches: {one/restart: 1, two/restart: 0}}',
      'expect: {state: failed, outcome: cooling down, dispatches: {one/restart: 1, two/restart: 0}}',
    ],
  });
  expect(told).toEqual([[], []]);
});
