/** Actions that speak to people, and those that name a unit: hostile values arrive as text, or are refused. */
import { expect, test } from 'vitest';
import type { ChannelRef } from '../../src/domain/ids.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Chat, ChatPost, IncidentNews, Pager } from '../../src/engine/ports.ts';
import { incidentNote } from '../../src/steps/incident-note.ts';
import { page } from '../../src/steps/page.ts';
import { slackMessage } from '../../src/steps/slack-message.ts';
import { sshSystemd } from '../../src/steps/ssh-systemd.ts';
import { hostile } from '../support/hostile.ts';
import { contextOf } from './contexts.ts';

const words = ['<!channel>', '<@U0EVIL>', '<http://evil.example|approve>', '*x* `y`', ...hostile].filter(
  (text) => text.length > 0,
);

function listening() {
  const posts: ChatPost[] = [];
  const post: Chat['post'] = async (one) => {
    posts.push(one);
    return { channel: 'C1' as ChannelRef, ts: '1.2' };
  };
  return { posts, chat: { post } as Chat };
}

test.each(words.map((text) => [text]))('%j is said as it is', async (text) => {
  const { posts, chat } = listening();
  const told: IncidentNews[] = [];
  const paged: object[] = [];
  const pager: Pager = { id: 'p', page: async (one) => `${paged.push(one)}` };
  const context = contextOf({ tell: async (news) => void told.push(news) });
  await slackMessage(chat).execute({ text }, context);
  await page({ chat, pagers: [] }).execute({ to: text, text }, context);
  await page({ chat, pagers: [pager] }).execute({ to: 'x', text }, context);
  await incidentNote.execute({ text }, context);
  const spans = posts.flatMap(({ content }) =>
    content.sections.flatMap((section) => ('text' in section && typeof section.text !== 'string' ? section.text : [])),
  );
  expect(spans.filter((span) => 'link' in span || 'user' in span || 'call' in span || 'channel' in span)).toEqual([]);
  expect(JSON.stringify(spans)).toContain(JSON.stringify(text).slice(1, -1));
  expect(paged).toMatchObject([{ text }]);
  expect(told).toEqual([{ kind: 'note', text }]);
});

test('a unit or a host that is none is refused before anything is sent', () => {
  const action = sshSystemd({ hosts: ['shop-1'] } as never);
  const isPlain = (text: string): boolean => /^[\w.@:-]+$/.test(text) && !text.startsWith('-');
  for (const text of words.filter((word) => !isPlain(word))) {
    const args: JsonObject = { host: 'shop-1', unit: `${text}.service`, do: 'restart' };
    expect([text, action.check(args, false).map(({ path }) => path[0])]).toEqual([text, ['unit']]);
    const elsewhere: JsonObject = { host: text, unit: 'shop.service', do: 'restart' };
    expect([text, action.check(elsewhere, false).map(({ path }) => path[0])]).toEqual([text, ['host']]);
  }
});
