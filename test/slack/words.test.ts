/** What people type after a slash command, and what it is taken for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAutomation } from '../../src/slack/listeners/automation.ts';
import { readButton } from '../../src/slack/listeners/buttons.ts';
import { readIncident } from '../../src/slack/listeners/incident.ts';
import { readPlaybook } from '../../src/slack/listeners/playbook.ts';
import { asTyped, wordsOf } from '../../src/slack/words.ts';

const here = 'channel:C1';
const incidentHelp = { question: { kind: 'help', topic: 'incident' } };
const approveRun1 = { kind: 'approve', run: 'run-1', approval: '' };
const playbookHelp = { question: { kind: 'help', topic: 'playbook' } };

/** Who gets help without asking for it is told what was not understood. */
function orTold(asked: object, text: string): object {
  const help = [incidentHelp, playbookHelp].find((one) => one === asked);
  return help && text && text !== 'help' ? { question: { ...help.question, typed: text } } : asked;
}

test.each([
  ['open Checkout is down', { intent: { kind: 'open_incident', title: 'Checkout is down' } }],
  [
    'open "Checkout is down" sev=sev1 service=shop',
    { intent: { kind: 'open_incident', title: 'Checkout is down', severity: 'sev1', service: 'shop' } },
  ],
  ["open can't log in, a=b", { intent: { kind: 'open_incident', title: "can't log in, a=b" } }],
  ['open', incidentHelp],
  ['open x sev=high', incidentHelp],
  ['open x sev=SEV1', { intent: { kind: 'open_incident', title: 'x', severity: 'sev1' } }],
  ['list', { question: { kind: 'list_incidents', all: false } }],
  ['list ALL', { question: { kind: 'list_incidents', all: true } }],
  ['show', { question: { kind: 'show_incident', incident: here } }],
  ['show inc-12', { question: { kind: 'show_incident', incident: 'inc-12' } }],
  ['timeline 7', { question: { kind: 'timeline', incident: 'inc-7' } }],
  ['ack', { intent: { kind: 'acknowledge', incident: here } }],
  ['ACK INC-12', { intent: { kind: 'acknowledge', incident: 'inc-12' } }],
  ['ack everything', incidentHelp],
  ['ack 1 2', incidentHelp],
  ['resolve 12', { intent: { kind: 'resolve', incident: 'inc-12' } }],
  ['sev sev2', { intent: { kind: 'set_severity', incident: here, severity: 'sev2' } }],
  ['sev SEV2 inc-12', { intent: { kind: 'set_severity', incident: 'inc-12', severity: 'sev2' } }],
  ['sev 12 sev2', { intent: { kind: 'set_severity', incident: 'inc-12', severity: 'sev2' } }],
  ['sev 12', incidentHelp],
  ['note 12 pods died  "twice"', { intent: { kind: 'add_note', incident: here, text: '12 pods died  "twice"' } }],
  ['note inc-12 it is DNS', { intent: { kind: 'add_note', incident: 'inc-12', text: 'it is DNS' } }],
  ['note inc-12', incidentHelp],
  ['', incidentHelp],
  ['constructor', incidentHelp],
  ['help', incidentHelp],
])('/incident %s', (text, asked) => {
  expect(readIncident(text, 'C1')).toEqual(orTold(asked, text));
});

test.each([
  ['list', { question: { kind: 'list_playbooks' } }],
  ['run restart', { intent: { kind: 'run_playbook', playbook: 'restart', incident: here, inputs: {} } }],
  [
    'run restart inc-3 host=web-1 why="too slow"',
    {
      intent: {
        kind: 'run_playbook',
        playbook: 'restart',
        incident: 'inc-3',
        inputs: { host: 'web-1', why: 'too slow' },
      },
    },
  ],
  [
    'run restart host=',
    { intent: { kind: 'run_playbook', playbook: 'restart', incident: here, inputs: { host: '' } } },
  ],
  ['run', playbookHelp],
  ['run restart now please', playbookHelp],
  ['status', { question: { kind: 'list_runs' } }],
  ['status run-1', { question: { kind: 'show_run', run: 'run-1' } }],
  ['approve run-1', { intent: { kind: 'approve', run: 'run-1', approval: '' } }],
  ['approve run-1 looks "right" to me', { intent: { ...approveRun1, comment: 'looks "right" to me' } }],
  ['approve run-1 0badcafe looks right', { intent: { ...approveRun1, digest: '0badcafe', comment: 'looks right' } }],
  ['approve 0badcafe', { intent: { kind: 'approve', run: '', approval: '', digest: '0badcafe' } }],
  ['approve Looks right', { intent: { kind: 'approve', run: '', approval: '', comment: 'Looks right' } }],
  ['reject', { intent: { kind: 'reject', run: '', approval: '' } }],
  ['reject run-1 not now', { intent: { kind: 'reject', run: 'run-1', approval: '', comment: 'not now' } }],
  ['answer run-1 shop-2', { intent: { kind: 'answer', run: 'run-1', step: '', value: 'shop-2' } }],
  ['answer 42', { intent: { kind: 'answer', run: '', step: '', value: '42' } }],
  ['answer', { intent: { kind: 'answer', run: '', step: '', value: '' } }],
  ['runs', { question: { kind: 'list_runs' } }],
  ['show run-1', { question: { kind: 'show_run', run: 'run-1' } }],
  ['show restart-shop', { question: { kind: 'show_playbook', playbook: 'restart-shop' } }],
  ['show', playbookHelp],
  ['show one two', playbookHelp],
  ['cancel run-1', { intent: { kind: 'cancel_run', run: 'run-1' } }],
  ['cancel run-1 run-2', playbookHelp],
])('/playbook %s', (text, asked) => {
  expect(readPlaybook(text, 'C1')).toEqual(orTold(asked, text));
});

test.each([
  ['stop deploy running', { intent: { kind: 'stop_automation', why: 'deploy running' } }],
  ['resume', { intent: { kind: 'resume_automation', why: '' } }],
  ['status', { question: { kind: 'automation_status' } }],
  ['stahp', { question: { kind: 'help', topic: 'automation', typed: 'stahp' } }],
])('/automation %s', (text, asked) => {
  expect(readAutomation(text, 'C1')).toEqual(asked);
});

describe('a reference', () => {
  test('of an unknown outcome says which step and what it was', () => {
    const settled = { kind: 'settle_unknown', run: 'run-1', step: 'restart', verdict: 'worked' };
    expect(readButton.settle_unknown('run-1/restart/worked')).toEqual(settled);
    expect(readButton.settle_unknown('run-1/hosts[2].rollback[0]/verify')).toMatchObject({
      step: 'hosts[2].rollback[0]',
      verdict: 'verify',
    });
    expect(readButton.settle_unknown('run-1/restart/retry')).toMatchObject({ verdict: 'retry' });
    expect(readButton.settle_unknown('run-1/restart/maybe')).toBeUndefined();
  });

  test.each(['', 'run-1', 'run-1//d', 'run-1/a/d/e'])('%j is not one of an approval', (ref) => {
    expect(readButton.approve(ref)).toBeUndefined();
  });
});

test('what Slack escaped is read as it was typed', () => {
  expect(asTyped(' ask <@U0BOB|bob> in <#C1|ops> &lt;now&gt; &amp;lt; <https://x/?a=b|x> ')).toBe(
    'ask @bob in #ops <now> &lt; https://x/?a=b',
  );
});

test('no text breaks the reading, and no name reaches a prototype', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const read of [readIncident, readPlaybook, readAutomation]) read(asTyped(text), 'C1');
      wordsOf(text, 'any');
    }),
  );
  expect(Object.getPrototypeOf(wordsOf('__proto__=1 constructor=2', 'any').named)).toBe(Object.prototype);
});
