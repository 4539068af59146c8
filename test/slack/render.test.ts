/** What people see in Slack, and that no text from outside can be more than text there. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelRef, UserRef } from '../../src/domain/ids.ts';
import type { Button, Message, Rich, Section, Span } from '../../src/domain/message.ts';
import { channelName } from '../../src/slack/channels.ts';
import { render } from '../../src/slack/render.ts';
import { blocksProblems } from './support/limits.ts';

const message = (sections: readonly Section[], more: Partial<Message> = {}): Message => ({
  summary: 'HighErrorRate in shop',
  sections,
  ...more,
});

const section = (text: Rich) => render(message([{ kind: 'text', text }])).blocks[0];

describe('a card', () => {
  test('is shown with its tone, fields, list, links, times and buttons', () => {
    const card = message(
      [
        { kind: 'heading', text: 'inc-12 · HighErrorRate' },
        { kind: 'fields', fields: [{ label: 'Severity', value: [{ text: 'sev1', style: 'code' }] }] },
        {
          kind: 'list',
          items: [[{ text: 'api-1 ' }, { link: 'https://prom/g?a=1&b=2', text: 'graph' }], [{ text: 'api-2' }]],
        },
        {
          kind: 'text',
          text: [
            { user: 'U0ALICE' as UserRef },
            { text: ' in ' },
            { channel: 'C012345' as ChannelRef },
            { time: 1_800_000_000_000 },
          ],
        },
        { kind: 'code', text: 'a && b < c' },
        { kind: 'line' },
        { kind: 'small', text: [{ text: 'opened just now', style: 'italic' }] },
        {
          kind: 'buttons',
          buttons: [
            { label: 'Acknowledge', tone: 'primary', does: { intent: 'acknowledge', ref: 'inc-12' } },
            { label: 'Run Restart', does: { intent: 'run_playbook', ref: 'abc/inc-12' } },
            {
              label: 'Run Scale',
              does: { intent: 'run_playbook', ref: 'def/inc-12' },
              confirm: { title: 'Scale?', text: 'It costs money.', yes: 'Scale' },
            },
            { label: 'Runbook', does: { open: 'https://runbooks/shop' } },
          ],
        },
      ],
      { tone: 'alarm' },
    );
    expect(render(card)).toMatchSnapshot();
  });

  test('that begins with a sign of its own gets no second one', () => {
    const { blocks } = render(message([{ kind: 'heading', text: '🔥 Errors' }], { tone: 'alarm' }));
    expect(blocks).toMatchObject([{ text: { text: '🔥 Errors' } }]);
  });

  test('that is too long ends in what is missing and keeps its buttons', () => {
    const many = Array.from({ length: 80 }, (_, i): Section => ({ kind: 'text', text: [{ text: `part ${i}` }] }));
    const ack: Section = {
      kind: 'buttons',
      buttons: [{ label: 'Ack', does: { intent: 'acknowledge', ref: 'inc-1' } }],
    };
    const { blocks } = render(message([...many, ack]));
    expect(blocks).toHaveLength(50);
    expect(blocks.at(-2)).toMatchObject({ type: 'actions' });
    expect(blocks.at(-1)).toMatchObject({
      elements: [{ text: '…and 32 more parts that do not fit into one message' }],
    });
  });

  test('says how many items of a list were left out', () => {
    const items = Array.from({ length: 100 }, (_, i): Rich => [{ text: `alert ${i} ${'x'.repeat(90)}` }]);
    const [list] = render(message([{ kind: 'list', items }])).blocks;
    expect(list).toMatchObject({ type: 'section', text: { text: expect.stringMatching(/\n…and 7\d more$/) } });
  });
});

describe('text from an alert', () => {
  test.each([
    ['<!channel> look', '&lt;!channel&gt; look'],
    ['<@U0ALICE>', '&lt;@U0ALICE&gt;'],
    ['<https://evil|click>', '&lt;https://evil|click&gt;'],
    ['a\u202Eb\u200Bc\u2066', 'abc'],
    ['*bold* and node_cpu_seconds_total', '∗bold∗ and node_cpu_seconds_total'],
    ['```', 'ˋˋˋ'],
    ['a & b', 'a &amp; b'],
  ])('%j is only text', (text, shown) => {
    expect(section([{ text }])).toMatchObject({ text: { text: shown, verbatim: true } });
  });

  test('cannot leave its code block', () => {
    const [block] = render(message([{ kind: 'code', text: '```\n<!here> *x*' }])).blocks;
    expect(block).toMatchObject({ text: { text: '```\nˋˋˋ\n&lt;!here&gt; *x*\n```' } });
  });

  test.each(['javascript:alert(1)', 'not a url', 'file:///etc/passwd', `https://x/${'a'.repeat(3000)}`])(
    'makes no link out of %.40s',
    (link) => {
      expect(section([{ link, text: 'here' }])).toMatchObject({ text: { text: 'here' } });
    },
  );

  test('in an address cannot end the link', () => {
    expect(section([{ link: 'https://x/?q=a|b>c<d&e', text: 'a|b>' }])).toMatchObject({
      text: { text: '<https://x/?q=a%7Cb%3Ec%3Cd&amp;e|a|b&gt;>' },
    });
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4000 }),
    fc.constantFrom('<!channel>', '<@U0ALICE>', '`'.repeat(50), '&'.repeat(5000), '👩‍👩‍👧'.repeat(900), '\u202Ex', ''),
    fc
      .array(fc.constantFrom('<', '>', '&', '|', '!', '@', '*', '_', '`', '~', '\n', ' ', 'a', '\ud800', '🔥'), {
        maxLength: 6000,
      })
      .map((a) => a.join('')),
  );
  const span: fc.Arbitrary<Span> = fc.oneof(
    fc.record({ text: hostile }),
    fc.record({
      text: hostile,
      style: fc.constantFrom('bold' as const, 'italic' as const, 'code' as const, 'strike' as const),
    }),
    fc.record({ link: fc.oneof(hostile, fc.webUrl({ withQueryParameters: true })), text: hostile }),
    hostile.map((user) => ({ user: user as UserRef })),
    fc.integer({ min: 0, max: 4_000_000_000_000 }).map((time) => ({ time })),
  );
  const rich = fc.array(span, { maxLength: 6 });
  const button: fc.Arbitrary<Button> = fc.record({
    label: hostile,
    does: fc.oneof(
      fc.record({
        intent: fc.constantFrom('approve' as const, 'reject' as const, 'run_playbook' as const),
        ref: hostile,
      }),
      fc.record({ open: fc.oneof(hostile, fc.webUrl()) }),
    ),
    confirm: fc.record({ title: hostile, text: hostile, yes: hostile }),
  });
  const anySection: fc.Arbitrary<Section> = fc.oneof(
    fc.record({ kind: fc.constant('heading' as const), text: hostile }),
    fc.record({ kind: fc.constantFrom('text' as const, 'small' as const), text: rich }),
    fc.record({
      kind: fc.constant('fields' as const),
      fields: fc.array(fc.record({ label: hostile, value: rich }), { maxLength: 25 }),
    }),
    fc.record({ kind: fc.constant('list' as const), items: fc.array(rich, { maxLength: 30 }) }),
    fc.record({ kind: fc.constant('code' as const), text: hostile }),
    fc.record({ kind: fc.constant('buttons' as const), buttons: fc.array(button, { maxLength: 60 }) }),
    fc.constant({ kind: 'line' as const }),
  );

  test('of any kind fits into every limit and mentions nobody', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.array(anySection, { maxLength: 60 }),
        fc.constantFrom('alarm' as const, 'calm' as const),
        (summary, sections, tone) => {
          const { text, blocks } = render({ summary, sections, tone });
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(4000);
          expect(text).not.toMatch(/[<>]/);
          expect(blocksProblems(blocks)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['inc-12-High Error Rate!', '', 'inc-12-high-error-rate'],
  ['inc-3-Überlast_ß', '-2', 'inc-3-uberlast-2'],
  ['inc-4-', '', 'inc-4'],
  ['!!!', '', 'incident'],
  [`inc-5-${'x'.repeat(200)}`, '-10', `inc-5-${'x'.repeat(71)}-10`],
])('a channel wanted as %.30s is called by a name that Slack takes', (wanted, ending, name) => {
  expect(channelName(wanted, ending)).toBe(name);
});
