/** Texts that mean something to a shell, a template, a query or Slack, in every place that a stranger can fill: they arrive as text. */
import { describe, expect, test } from 'vitest';
import type { Message, Rich, Section, Span } from '../../src/domain/message.ts';
import { render } from '../../src/slack/render.ts';
import { firing, group } from '../support/alerts.ts';
import { refused } from '../support/fake-actions.ts';
import { alice, bob } from '../support/people.ts';
import { stage } from '../support/scenario.ts';

const texts = [
  '<!channel> <!here> <!subteam^S1>',
  '<@UEVIL> <#C0EVIL> @here @channel',
  '<http://evil.example|approve here>',
  'http://evil.example/approve',
  '*bold* _it_ ~no~ `code` ```block```',
  '> quote\n• list\n<!date^1392734382^{date}|x>',
  '${{ inputs.host }} ${{ secrets.TOKEN }} {{ lookup("pipe", "id") }}',
  '$' + '{IFS} $(id) `id` ; rm -rf / | cat && true',
  "'; DROP TABLE x; --",
  '"} or vector(1) #',
  '__proto__ constructor toString',
  '\u202Egnp.exe \u200b\u2066hidden\u2069',
  '&lt;!channel&gt; &amp; &#60;!here&#62;',
  'approve:run-1:approve.1 \u0000\u0007',
  `${'<!channel>'.repeat(500)}`,
  '\ud800 lone',
];

const playbook = `schema: playbook/v1
id: echo
name: Echo
owners: [team-shop]
triggers: [{alert: ['alertname="ShopDown"'], mode: auto}]
steps:
  - {id: seen, action: shop.look, with: {text: "\${{ alert.labels.hostile }}"}, outputs: {said: "\${{ result.value }}"}}
  - {id: which, action: ask, with: {question: "\${{ alert.labels.hostile }}", answer: {type: string}}}
  - {id: approve, action: approval, with: {approvers: {roles: [responder]}, message: "\${{ alert.annotations.description }}", show: ["steps.seen.outputs.said"]}}
  - {id: act, name: Act, action: shop.exec, with: {host: shop-1, text: "\${{ alert.labels.hostile }}", answer: "\${{ steps.which.outputs.answer }}"}}
`;

const spansOf = (section: Section): readonly Span[] => {
  if (section.kind === 'text' || section.kind === 'small') return section.text;
  if (section.kind === 'fields') return section.fields.flatMap(({ value }): Rich => value);
  return section.kind === 'list' ? section.items.flat() : [];
};

/** What Tocsin itself says in Slack's own marks: its channel, who clicked, times, and addresses under a name that is no stranger's. */
const ours = /^<(#C\d+|@ALICE|@BOB|!date\^\d+\^[^<>]*|https?:\/\/[^<>|]+\|[^<>]*)>$/;

/** What stands for more than its letters: links, people, places, buttons. */
function meaning({ sections }: Message): readonly string[] {
  const spans = sections
    .flatMap(spansOf)
    .flatMap((span) =>
      'link' in span
        ? [span.link]
        : 'user' in span
          ? [span.user]
          : 'channel' in span
            ? [span.channel]
            : 'call' in span
              ? [span.name]
              : [],
    );
  const buttons = sections.flatMap((section) => (section.kind === 'buttons' ? section.buttons : []));
  return [...spans, ...buttons.map(({ does }) => ('open' in does ? does.open : does.ref))];
}

/** Everything that Slack would look for markup in. */
function marked(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(marked);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : [];
  return [...own, ...Object.values(value).flatMap(marked)];
}

describe.each(texts.map((text) => [text]))('%j', (text) => {
  test('stays text in arguments, cards, approvals, questions, progress, notices and logs', async () => {
    const on = await stage({ playbooks: [playbook] });
    on.actions.goes['shop.look'] = [async () => ({ kind: 'succeeded', outputs: { value: text }, note: text })];
    on.actions.goes['shop.exec'] = [
      async (_args, context) => {
        context.log(text);
        return await refused(text, 'after_dispatch')();
      },
    ];
    const labels = { hostile: text, [`l_${text.length}`]: text };
    const annotations = { summary: text, description: text, runbook_url: text, dashboard: text };
    await on.sends(group([firing('shop-1', { labels, annotations, generatorURL: text })]));
    await on.asks(bob, { kind: 'answer', run: '', step: 'which', value: text });
    await on.asks(bob, { kind: 'approve', run: '', approval: '', comment: text });
    await on.asks(alice, { kind: 'add_note', incident: 'inc-1', text });
    await on.passes('30s');
    // Text is handed on as it came: filled in once, and never looked at again.
    const given = on.actions.dispatched.map(({ args }) => args.text);
    expect(given).toEqual([text, text]);
    expect((await on.run()).status).toBe('failed');
    expect(on.chat.posts.length).toBeGreaterThan(4);
    for (const { content } of on.chat.posts) {
      expect(
        meaning(content).filter((what) => /evil|IFS|channel>|UEVIL/i.test(what) && !what.startsWith('http')),
      ).toEqual([]);
      const { text: summary, blocks } = render(content);
      for (const shown of [summary, ...marked(blocks)]) {
        expect((shown.match(/<[^>]*>?/g) ?? []).filter((one) => !ours.test(one))).toEqual([]);
        expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      }
    }
  });
});
