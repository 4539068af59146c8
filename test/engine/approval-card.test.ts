/** What stands on the cards of approvals, playbooks and forms, word for word. */
import { describe, expect, test } from 'vitest';
import type { Approval, PlannedStep } from '../../src/domain/approval.ts';
import type { Json } from '../../src/domain/json.ts';
import type { InputSpec } from '../../src/domain/playbook.ts';
import { approvalCard } from '../../src/engine/announce/approvals.ts';
import { fieldOf, kindOf } from '../../src/engine/announce/fields.ts';
import { isWhole } from '../../src/engine/announce/plan.ts';
import { planText } from '../../src/engine/announce/plan-file.ts';
import { playbookShown } from '../../src/engine/announce/playbooks.ts';
import { unknownButtons } from '../../src/engine/announce/unknown.ts';
import { render } from '../../src/slack/render.ts';
import { blocksProblems } from '../slack/support/limits.ts';
import { approval, now, playbook } from '../support/facts.ts';
import { linesOf } from '../support/lines.ts';
import { bob, carol } from '../support/people.ts';
import { auto, byTwo } from '../support/playbooks.ts';
import { runOf, unitOf } from '../support/runs.ts';

const covered = (id: string, args: Record<string, Json>, over: Partial<PlannedStep> = {}): PlannedStep => ({
  ...{ id, name: id, action: 'shop.restart', change: `change ${id}`, args },
  ...over,
});
const card = (over: Partial<Approval>): string => linesOf(approvalCard(runOf([]), approval(over)));

test('an approval before which nothing is changed says so', () => {
  expect(card({ covers: [] })).toContain('No step after it changes anything.');
});

test('a secret is shown by its reference, wherever it stands among the arguments', () => {
  const args = {
    url: 'https://x/?a=b c',
    bearer: { secret: 'env:TOKEN' },
    headers: { k: { secret: 'env:KEY' } },
    n: 2,
  };
  expect(card({ covers: [covered('call', args)] })).toContain(
    '`url="https://x/?a=b c" bearer=•••• (env:TOKEN) headers={"k":"•••• (env:KEY)"} n=2',
  );
});

test('what is too long to be shown whole says how much of it is', () => {
  const script = Array.from({ length: 400 }, (_, at) => `echo line ${at}`).join('\n');
  const shown = card({ covers: [covered('run', { script })], previews: { run: script }, shown: [script] });
  expect(shown.match(/✂️ Cut: \d+ of \d+ characters are shown\./g)).toHaveLength(3);
});

describe('a plan that the card has no room for', () => {
  const many = Array.from({ length: 100 }, (_, at) => covered(`step-${at}`, { host: `shop-${at}` }));
  const padded = `${'&'.repeat(1_000)}; curl evil.example`;

  test.each([
    ['of many changes', many],
    ['with a long argument', [covered('run', { script: `echo\n${'x'.repeat(4_000)}` })]],
    ['of many long arguments', many.map(({ id }) => covered(id, { script: 'x\n'.repeat(300) }))],
    ['whose change is a long line', [covered('run', {}, { change: `echo ${'a '.repeat(300)} | sh` })]],
    ['padded with what Slack counts fivefold', [covered('run', { script: padded })]],
  ])('%s says so, and is whole in the file', (_, covers) => {
    expect(isWhole({ covers })).toBe(false);
    expect(card({ covers })).toContain('the whole plan is the file in this thread');
    const file = planText(runOf([]), approval({ covers }));
    for (const { change, args } of covers)
      for (const text of [change, ...Object.values(args).map(String)])
        expect(file.replace(/^ +/gm, '')).toContain(text.replace(/^ +/gm, ''));
  });

  test('is not what most are', () => {
    const covers = many.slice(0, 5);
    expect(isWhole({ covers })).toBe(true);
    expect(card({ covers })).not.toContain('✂️');
  });

  test('is counted where people confirm', () => {
    const buttons = approvalCard(runOf([]), approval({ covers: many })).sections.flatMap((section) =>
      section.kind === 'buttons' ? section.buttons : [],
    );
    expect(JSON.stringify(buttons[0])).toMatch(/…and \d+ more changes: see the card/);
  });
});

test('what nobody would see in an argument is written out: shop-1 with a zero width is not shop-1', () => {
  const args = { host: 'shop\u200b-1', note: 'a\u202egnp.exe', gap: 'a\u00a0b', half: '\ud83d' };
  const shown = render(
    approvalCard(runOf([]), approval({ covers: [covered('go', args, { change: 'go to shop\u200b-1' })] })),
  );
  const text = JSON.stringify(shown.blocks);
  for (const form of [
    'go to shop\\\\u{200b}-1',
    'host=shop\\\\u{200b}-1',
    '\\\\u{202e}gnp.exe',
    'a\\\\u{a0}b',
    '\\\\u{d83d}',
  ])
    expect(text).toContain(form);
});

test('what is done without an approval stands on the card, too', () => {
  expect(card({ beyond: ['finally: clean up (ssh.exec)'] })).toContain(
    'Not covered, and done without an approval when its time comes: finally: clean up (ssh.exec)',
  );
});

test('the longest plan still fits into one message of Slack, with its buttons', () => {
  const covers = Array.from({ length: 60 }, (_, at) =>
    covered(`step-${at}`, { script: `${'x & <y> '.repeat(400)}\n${at}` }, { change: 'z'.repeat(2000) }),
  );
  const previews = Object.fromEntries(covers.map(({ id }) => [id, '<!channel> `'.repeat(500)]));
  const decisions = [bob, carol].map(
    (by) => ({ by, verdict: 'approve', at: now, comment: 'why '.repeat(250) }) as const,
  );
  const spec = { ...approval().spec, message: 'm'.repeat(5000), minApprovals: 3 };
  const { blocks } = render(
    approvalCard(runOf([]), approval({ covers, previews, decisions, spec, shown: covers.map(({ change }) => change) })),
  );
  expect(blocksProblems(blocks)).toEqual([]);
  expect(JSON.stringify(blocks)).toContain('"action_id":"approve"');
});

test('who has decided, why, and who is still needed stands on the card', () => {
  const spec = { ...approval().spec, minApprovals: 2, atLeast: { sre: 1 }, comment: 'required' as const };
  const decisions = [{ by: bob, verdict: 'approve' as const, at: now, comment: 'replica is *fresh*' }];
  expect(card({ spec, decisions })).toMatchInlineSnapshot(`
    "(Restart the shop: approved by bob, 1 more is needed: at least 1 of sre) warning
    ✋ *Restart the shop: approved by bob, 1 more is needed: at least 1 of sre
      No step after it changes anything.
    - ✅ *bob approved 09:01: replica is *fresh*
    [Approve…] approve run-1/approve.1/abcdef01
    [Reject…] reject run-1/approve.1/abcdef01
      2 approvals by responder or @sre, 1 of them by @sre, but not by alice, who asked for it, each with a comment · plan \`abcdef01 · run \`run-1 · expires 09:15"
  `);
});

test('whoever may approve by their id is named by Slack, for an id says nothing to people', () => {
  const approvers = { roles: [], groups: [], users: ['U0CAROL', 'dave'] };
  const spec = { ...approval().spec, approvers, allowRequester: true, atLeast: { U0CAROL: 1 } };
  expect(card({ spec })).toContain('  1 approval by @U0CAROL or dave, 1 of them by @U0CAROL · plan');
});

test.each([
  ['rejected', '⛔ *bob rejected 09:01: no'],
  ['expired', 'expired: nobody approved in time'],
  ['void', 'void: a person wants it done again, so it is asked for again'],
  ['lapsed', 'no longer needed'],
] as const)('an approval that is %s says so and has no buttons', (status, words) => {
  const decisions = [{ by: bob, verdict: 'reject' as const, at: now, comment: 'no' }];
  const shown = card({ status, decisions });
  expect(shown).toContain(words);
  expect(shown).not.toContain('[');
});

describe('a step whose outcome nobody knows', () => {
  const buttons = (...steps: Parameters<typeof runOf>[0]) =>
    unknownButtons(runOf(steps)).map(({ label, does }) => `${label} ${'ref' in does ? does.ref : ''}`);

  test('has four buttons, three where nothing can be looked at', () => {
    expect(buttons(unitOf('a', 'unknown', { canVerify: true }))).toEqual([
      'Verify now run-1/a/verify',
      'It worked run-1/a/worked',
      'It failed run-1/a/failed',
      'Retry run-1/a/retry',
    ]);
    expect(buttons(unitOf('a', 'unknown'))).toHaveLength(3);
  });

  test('is named on its buttons where there is another one', () => {
    expect(buttons(unitOf('a[1]', 'unknown'), unitOf('b', 'unknown'), unitOf('c', 'running'))).toEqual(
      expect.arrayContaining(['It worked: a[1] run-1/a[1]/worked', 'It worked: b run-1/b/worked']),
    );
  });
});

const spec = (over: Partial<InputSpec>): InputSpec => ({
  ...{ type: 'string', optional: false, secret: false, description: '' },
  ...over,
});
const workload = { cluster: 'eu', namespace: 'shop', kind: 'Deployment', name: 'web' };

test.each`
  input                                          | value         | kind         | initial                     | is
  ${{}}                                          | ${'x'}        | ${'text'}    | ${'x'}                      | ${'text'}
  ${{ pattern: '[a-z]+' }}                       | ${undefined}  | ${'text'}    | ${''}                       | ${'text like [a-z]+'}
  ${{ type: 'integer', minimum: 1, maximum: 5 }} | ${3}          | ${'integer'} | ${'3'}                      | ${'a whole number from 1 to 5'}
  ${{ type: 'number', maximum: 0.5 }}            | ${undefined}  | ${'number'}  | ${''}                       | ${'a number up to 0.5'}
  ${{ type: 'boolean', default: true }}          | ${undefined}  | ${'yes_no'}  | ${'true'}                   | ${'yes or no'}
  ${{ type: 'duration', minimum: 60_000 }}       | ${'5m'}       | ${'text'}    | ${'5m'}                     | ${'a time like 90s or 1h30m from 60 s'}
  ${{ type: 'list' }}                            | ${['a', 'b']} | ${'lines'}   | ${'a, b'}                   | ${'a list, its entries between commas'}
  ${{ type: 'list' }}                            | ${['a,b']}    | ${'lines'}   | ${'["a,b"]'}                | ${'a list, its entries between commas'}
  ${{ type: 'workload' }}                        | ${workload}   | ${'text'}    | ${'eu/shop/Deployment/web'} | ${'a workload, cluster/namespace/kind/name'}
  ${{ type: 'json' }}                            | ${{ a: 1 }}   | ${'lines'}   | ${'{"a":1}'}                | ${'JSON'}
  ${{ enum: ['small', 'large'] }}                | ${'large'}    | ${'choice'}  | ${'large'}                  | ${'one of small, large'}
  ${{ enum: [1, 2], type: 'integer' }}           | ${2}          | ${'choice'}  | ${'2'}                      | ${'one of 1, 2'}
  ${{ enum: ['x'.repeat(80)] }}                  | ${undefined}  | ${'text'}    | ${''}                       | ${`one of ${'x'.repeat(80)}`}
`('an input of $input is asked for as $kind: $is', ({ input, value, kind, initial, is }) => {
  expect(fieldOf('it', spec(input), value)).toMatchObject({ kind, initial });
  expect(kindOf(spec(input))).toBe(is);
});

test('a secret is asked for by its reference', () => {
  const field = fieldOf('token', spec({ secret: true, default: { secret: 'env:TOKEN' } }), undefined);
  expect(field).toMatchObject({ initial: 'env:TOKEN', hint: expect.stringContaining('never type the secret itself') });
});

test('a playbook says what it needs, does, and waits for before it is run', () => {
  const { hash } = playbook(byTwo);
  expect(linesOf(playbookShown(playbook(byTwo))).replace(hash.slice(0, 8), 'HASH')).toMatchInlineSnapshot(`
    "(Restart the shop (restart-shop)) 
    *Restart the shop \`restart-shop
    *Needs
    - \`host: a host of the inventory, from alert.labels.instance
    *Does
    - *approve \`approval
    - *restart \`shop.restart
    *Starts
    - proposed on \`alertname="ShopDown"
      risk medium · owned by team-shop · ends after 30 min · version \`HASH · run it with \`/playbook run restart-shop"
  `);
  expect(linesOf(playbookShown(playbook(auto)))).toContain('by itself on `alertname="ShopDown"');
});
