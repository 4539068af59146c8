/** How the page reads text: mrkdwn, dates, completions, and what a typed text becomes on its way. */
import { expect, test } from 'vitest';
import { suggestions, toWire } from '../../src/simulator/page/completion.ts';
import { dayName, formatDate } from '../../src/simulator/page/dates.ts';
import { emojiOf } from '../../src/simulator/page/emoji.ts';
import { parseMrkdwn, parsePlain } from '../../src/simulator/page/mrkdwn.ts';

const text = (value: string) => ({ kind: 'text', text: value });

test.each([
  ['plain words', [text('plain words')]],
  [
    '*bold* and _slanted_',
    [{ kind: 'bold', children: [text('bold')] }, text(' and '), { kind: 'italic', children: [text('slanted')] }],
  ],
  ['*bold _both_*', [{ kind: 'bold', children: [text('bold '), { kind: 'italic', children: [text('both')] }] }]],
  ['~gone~', [{ kind: 'strike', children: [text('gone')] }]],
  ['snake_case_name, 2*3*4', [text('snake_case_name, 2*3*4')]],
  ['* not bold *', [text('* not bold *')]],
  ['`a *b* &lt;c&gt;`', [{ kind: 'code', text: 'a *b* <c>' }]],
  ['```\n$ ls *\n```', [{ kind: 'block', text: '$ ls *' }]],
  ['&lt;b&gt; &amp;amp;', [text('<b> &amp;')]],
  ['<script>', [text('<script>')]],
  ['<javascript:alert(1)|click>', [text('<javascript:alert(1)|click>')]],
  [
    '<https://a.example/?x=1&amp;y|here>',
    [{ kind: 'link', url: 'https://a.example/?x=1&y', children: [text('here')] }],
  ],
  [
    'see https://a.example/b.',
    [text('see '), { kind: 'link', url: 'https://a.example/b', children: [text('https://a.example/b')] }, text('.')],
  ],
  ['<@U1|alice>', [{ kind: 'user', id: 'U1', label: 'alice' }]],
  ['<#C1>', [{ kind: 'channel', id: 'C1', label: '' }]],
  ['<!subteam^S1|@sre>', [{ kind: 'group', id: 'S1', label: '@sre' }]],
  ['<!here>', [{ kind: 'broadcast', name: 'here' }]],
  ['<!date^60^{time}|then>', [{ kind: 'date', seconds: 60, format: '{time}', url: '', fallback: 'then' }]],
  [':fire: at 10:30:00', [{ kind: 'emoji', name: 'fire' }, text(' at 10'), { kind: 'emoji', name: '30' }, text('00')]],
  ['&gt; one\n&gt; two\nthree', [{ kind: 'quote', children: [text('one\ntwo')] }, text('three')]],
])('%j', (given, wanted) => {
  expect(parseMrkdwn(given)).toEqual(wanted);
});

test('plain text has emoji and nothing else', () => {
  expect(parsePlain('*x* :fire: <@U1>')).toEqual([text('*x* '), { kind: 'emoji', name: 'fire' }, text(' <@U1>')]);
});

test.each([
  '*a '.repeat(13_000),
  '`*_~<'.repeat(8_000),
  '<'.repeat(40_000),
  '*`a` '.repeat(8_000),
  '> '.repeat(20_000),
])('no text is too knotty to read (%#)', (knot) => {
  expect(JSON.stringify(parseMrkdwn(knot)).length).toBeGreaterThan(10);
});

const utc = { nowMs: Date.UTC(2026, 7, 23, 12), locale: 'en-GB', timeZone: 'UTC' };
const at = (hoursAgo: number) => utc.nowMs / 1000 - hoursAgo * 3600;

test.each([
  [at(1), '{time}', '11:00'],
  [at(1), '{time_secs} on {date_num}', '11:00:00 on 2026-08-23'],
  [at(1), '{date_short_pretty} at {time}', 'today at 11:00'],
  [at(24), '{date_pretty}', 'yesterday'],
  [at(-24), '{date_long_pretty}', 'tomorrow'],
  [at(48), '{date_short_pretty}', '21 Aug 2026'],
  [at(48), '{date}', '21 August 2026'],
  [at(3), '{ago}', '3 hours ago'],
  [at(3), '{unknown}', '{unknown}'],
])('a date %d as %s is %s', (seconds, format, shown) => {
  expect(formatDate(seconds, format, utc)).toBe(shown);
});

test('days have their names', () => {
  expect([0, 24, 72].map((hours) => dayName(at(hours) * 1000, utc))).toEqual([
    'Today',
    'Yesterday',
    'Thursday 20 August',
  ]);
});

const person = (id: string, name: string, real_name: string) => ({
  ...{ id, name, real_name, is_bot: false, is_restricted: false },
  ...{ is_ultra_restricted: false, is_stranger: false, deleted: false },
});
const channel = (id: string, name: string) => ({
  ...{ id, name, kind: 'public' as const, creator: '', created: 0, topic: '', purpose: '', members: [], pins: [] },
  ...{ bookmarks: [], is_archived: false, message_count: 0, read: '', unread: 0, mentions: 0 },
});
const known = {
  app: {
    commands: [
      { command: '/incident', description: 'Open and list', usageHint: '[open | list | show]' },
      { command: '/playbook', description: 'Run', usageHint: '<name>' },
    ],
  },
  users: [person('U1', 'alice', 'Alice Adams'), person('U2', 'bob', 'Bob Brown')],
  usergroups: [{ id: 'S1', handle: 'sre-oncall', users: ['U1'] }],
  channels: [channel('C1', 'shop-alerts')],
};

test.each([
  ['/', ['/incident', '/playbook']],
  ['/inc', ['/incident']],
  ['/incident ', ['open', 'list', 'show']],
  ['/incident li', ['list']],
  ['/incident list', []],
  ['/playbook ', []],
  ['ask @al', ['@alice']],
  ['ask @Bro', []],
  ['@Bob', ['@bob']],
  ['@s', ['@sre-oncall']],
  ['see #sh', ['#shop-alerts']],
  ['mail@al', []],
  ['words', []],
])('%j offers %j', (typed, labels) => {
  expect(suggestions(typed, known).map(({ label }) => label)).toEqual(labels);
});

test('a suggestion replaces what was typed of it', () => {
  expect(suggestions('ask @al', known)[0]).toMatchObject({ insert: '@alice ', from: 4 });
  expect(suggestions('/incident li', known)[0]).toMatchObject({ insert: 'list ', from: 10 });
});

test('a typed text is escaped, and names become what Slack knows them by', () => {
  expect(toWire('a < b & <@U2> @alice @sre-oncall @here #shop-alerts @nobody', known)).toBe(
    'a &lt; b &amp; &lt;@U2&gt; <@U1> <!subteam^S1|@sre-oncall> <!here> <#C1|shop-alerts> @nobody',
  );
});

test('emoji have their signs, skin tones or not', () => {
  expect([emojiOf('fire'), emojiOf('wave::skin-tone-3'), emojiOf('no-such')]).toEqual(['🔥', '👋', undefined]);
});
