/** The engine's side of Slack, against the simulator: channels, posts that appear once, people, failures. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChannelRef, UserRef } from '../../src/domain/ids.ts';
import type { ChatPost } from '../../src/engine/ports.ts';
import { memoryBudget } from '../../src/store/memory/budget.ts';
import { openWorkspace, pacedClock, sentence, type Workspace } from './support/workspace.ts';

let slack: Workspace;

beforeEach(async () => {
  slack = await openWorkspace({ slack: { requestTimeoutMs: 500 } });
});

afterEach(() => slack.close());

const wanted = { name: 'inc-1-shop', mark: 'inc-1', urgency: 1 };
const post = (change: Partial<ChatPost> = {}): ChatPost => ({
  ...{ channel: 'general', content: sentence('hello'), key: 'k1', maybePosted: false, urgency: 3 },
  ...change,
});
const channels = async () =>
  (await slack.look<{ channels: { name: string; purpose: string; topic: string; members: string[] }[] }>('state'))
    .channels;
const channelNamed = async (name: string) => (await channels()).find((one) => one.name === name);
const user = (id: string) => id as UserRef;

describe('a channel', () => {
  test('is opened under a name that Slack takes, and carries what it is for', async () => {
    const { name } = await slack.chat.openChannel({ ...wanted, name: 'inc-1-Shop: Überlast!' });
    expect(name).toBe('inc-1-shop-uberlast');
    expect(await channelNamed(name)).toMatchObject({ purpose: 'Opened by Tocsin (inc-1)' });
  });

  test("gets a number where somebody else's has the name", async () => {
    await slack.chat.openChannel({ ...wanted, mark: 'inc-1 of another installation' });
    const { name } = await slack.chat.openChannel(wanted);
    expect(name).toBe('inc-1-shop-2');
    const { name: third } = await slack.chat.openChannel({ ...wanted, name: 'shop-alerts' });
    expect(third).toBe('shop-alerts-2');
  });

  test('whose answer was lost is found again instead of being opened twice', async () => {
    await slack.fault({ kind: 'dropped_answer', method: 'conversations.create' });
    await expect(slack.chat.openChannel(wanted)).rejects.toMatchObject({ code: 'no_answer', retryable: true });
    const { name, channel } = await slack.chat.openChannel(wanted);
    expect(name).toBe('inc-1-shop');
    expect((await slack.chat.openChannel(wanted)).channel).toBe(channel);
    expect((await channels()).filter((one) => one.name.startsWith('inc-1'))).toHaveLength(1);
  });

  test('has a topic of at most 250 characters', async () => {
    const { channel, name } = await slack.chat.openChannel(wanted);
    await slack.chat.setTopic(channel, `sev1 <down>\n${'x'.repeat(300)}`);
    expect((await channelNamed(name))?.topic).toHaveLength(250);
  });

  test('lets everybody in whom Slack lets in, user groups included', async () => {
    const { channel, name } = await slack.chat.openChannel(wanted);
    await slack.chat.invite(channel, ['U0CAROL', 'U0EVE', 'U0NOBODY', 'U0BOT'].map(user), [
      '@sre-oncall',
      'no-such-group',
    ]);
    await slack.chat.invite(channel, ['U0CAROL', 'U0EVE'].map(user), []);
    expect(new Set((await channelNamed(name))?.members)).toEqual(new Set(['U0BOT', 'U0ALICE', 'U0BOB', 'U0CAROL']));
    expect(slack.lines.join('\n')).toMatch(/no user group.*no-such-group/);
  });

  test('with two hundred and fifty people is filled in three calls', async () => {
    const people = Array.from({ length: 250 }, (_, i) => ({ id: `U0N${i}`, name: `n${i}` }));
    const crowd = await openWorkspace({ workspace: { users: people, channels: [] } });
    const { channel } = await crowd.chat.openChannel(wanted);
    await crowd.chat.invite(
      channel,
      people.map(({ id }) => user(id)),
      [],
    );
    expect(await crowd.calls('conversations.invite')).toBe(3);
    await crowd.close();
  });
});

describe('a post', () => {
  test('appears once, though its answer was lost', async () => {
    const { channel } = await slack.chat.openChannel(wanted);
    await slack.fault({ kind: 'dropped_answer', method: 'chat.postMessage' });
    await expect(slack.chat.post(post({ channel }))).rejects.toMatchObject({ retryable: true });
    const found = await slack.chat.post(post({ channel, maybePosted: true }));
    await slack.chat.post(post({ channel, key: 'k2', maybePosted: true }));
    const posted = (await slack.messagesIn(channel)).filter(({ text }) => text === 'hello');
    expect(posted).toHaveLength(2);
    expect(posted[0]?.ts).toBe(found.ts);
  });

  test('in a thread is looked for in its thread', async () => {
    const { channel } = await slack.chat.openChannel(wanted);
    const { ts: thread } = await slack.chat.post(post({ channel, key: 'root' }));
    const first = await slack.chat.post(post({ channel, thread }));
    expect(await slack.chat.post(post({ channel, thread, maybePosted: true }))).toEqual(first);
  });

  test('into a channel by name is looked for there too, which Tocsin joins for it', async () => {
    const first = await slack.chat.post(post({ channel: '#shop-alerts' }));
    expect(await slack.chat.post(post({ channel: 'shop-alerts', maybePosted: true }))).toEqual(first);
    expect((await channelNamed('shop-alerts'))?.members).toContain('U0BOT');
    expect(await slack.calls('conversations.list')).toBe(1);
  });

  test('into a channel that is not there says so', async () => {
    await expect(slack.chat.post(post({ channel: '#nowhere' }))).rejects.toMatchObject({
      ...{ code: 'channel_not_found', retryable: false, message: expect.stringContaining('no channel #nowhere') },
    });
  });

  test('into a channel that was archived meanwhile finds the one that has its name now', async () => {
    await slack.chat.post(post({ channel: '#shop-alerts' }));
    await slack.fault({ kind: 'error', method: 'chat.postMessage', error: 'is_archived' });
    await expect(slack.chat.post(post({ channel: '#shop-alerts' }))).rejects.toMatchObject({ code: 'is_archived' });
    await slack.chat.post(post({ channel: '#shop-alerts', key: 'k2' }));
    expect(await slack.calls('conversations.list')).toBe(2);
  });

  test('that lies far back is still found', async () => {
    const { channel } = await slack.chat.openChannel(wanted);
    const first = await slack.chat.post(post({ channel }));
    await slack.chat.invite(channel, [user('U0ALICE')], []);
    for (let i = 0; i < 210; i += 1) await slack.control('message', { user: 'alice', channel, text: `${i}` });
    expect(await slack.chat.post(post({ channel, maybePosted: true }))).toEqual(first);
    expect(await slack.calls('conversations.history')).toBe(2);
  });

  test('is edited in place and pinned, twice if need be', async () => {
    const message = await slack.chat.post(post({ channel: 'shop-alerts' }));
    await slack.chat.edit(message, async () => sentence('news'), 5);
    await slack.chat.pin(message);
    await slack.chat.pin(message);
    const shown = (await slack.messagesIn('shop-alerts')).filter(({ ts }) => ts === message.ts);
    expect(shown).toMatchObject([{ text: 'news', pinned: true }]);
    expect(await slack.chat.post(post({ channel: 'shop-alerts', maybePosted: true }))).toEqual(message);
  });
});

describe('a picture', () => {
  const picture = {
    ...{ name: 'graph.png', title: 'Errors', alt: 'a steep rise', urgency: 6, maybeUploaded: false },
    bytes: new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]),
  };
  const shown = async (channel: string) => (await slack.messagesIn(channel)).filter(({ files }) => files);

  test('is uploaded with its title and its description', async () => {
    const { channel } = await slack.chat.openChannel(wanted);
    await slack.chat.upload({ channel, ...picture });
    const [shared] = await shown(channel);
    expect(shared?.files).toMatchObject([{ title: 'Errors', alt_txt: 'a steep rise', size: 8 }]);
  });

  test('whose answer was lost is found by its name, and appears once', async () => {
    const { channel } = await slack.chat.openChannel(wanted);
    await slack.chat.upload({ channel, ...picture, maybeUploaded: true });
    await slack.chat.upload({ channel, ...picture, maybeUploaded: true });
    await slack.chat.upload({ channel, ...picture, name: 'another.png', maybeUploaded: true });
    expect(await shown(channel)).toHaveLength(2);
  });

  test('is shown in a thread, and is looked for there', async () => {
    const { channel } = await slack.chat.openChannel(wanted);
    const { ts } = await slack.chat.post(post({ channel, key: 'root' }));
    const log = { ...picture, name: 'restart.log', bytes: Buffer.from('one\ntwo\n'), channel, thread: ts };
    await slack.chat.upload(log);
    await slack.chat.upload({ ...log, maybeUploaded: true });
    const files = (await shown(channel)).filter((message) => message.files);
    expect(files).toMatchObject([{ thread_ts: ts, files: [{ name: 'restart.log', size: 8 }] }]);
  });
});

describe('a person', () => {
  test.each([
    ['U0ALICE', 'member'],
    ['U0GINA', 'guest'],
    ['U0EVE', 'external'],
    ['U0BOT', 'bot'],
    ['U0NOBODY', 'unknown'],
  ])('%s is a %s', async (id, standing) => {
    expect(await slack.chat.describe(user(id))).toMatchObject({ user: id, standing });
  });

  test('whose groups Slack does not tell holds the roles given by name', async () => {
    const other = await openWorkspace({
      slack: { roles: { lead: { users: ['alice'], groups: [] }, sre: { users: [], groups: ['sre-oncall'] } } },
    });
    await other.fault({ kind: 'error', method: 'usergroups.list', error: 'paid_teams_only' });
    expect(await other.chat.describe(user('U0ALICE'))).toMatchObject({ standing: 'member', roles: ['lead'] });
    await other.close();
  });

  test('is unknown while Slack does not tell the groups for a reason that passes', async () => {
    await slack.fault({ kind: 'http_error', method: 'usergroups.list', status: 500 });
    expect(await slack.chat.describe(user('U0ALICE'))).toMatchObject({ standing: 'unknown', roles: [] });
    expect(await slack.chat.describe(user('U0ALICE'))).toMatchObject({ standing: 'member' });
  });
});

describe('a failure says whether trying again makes sense', () => {
  test.each([
    [{ kind: 'no_answer' }, { code: 'no_answer', retryable: true }],
    [
      { kind: 'http_error', status: 502 },
      { code: 'http_502', retryable: true },
    ],
    [
      { kind: 'error', error: 'fatal_error' },
      { code: 'fatal_error', retryable: true },
    ],
    [
      { kind: 'error', error: 'is_archived' },
      { code: 'is_archived', retryable: false },
    ],
    [
      { kind: 'error', error: 'token_revoked' },
      { code: 'token_revoked', retryable: false },
    ],
    [
      { kind: 'rate_limited', retryAfter: 90 },
      { code: 'ratelimited', retryable: true, retryAfterMs: 90_000 },
    ],
  ])('%j', async (fault, failure) => {
    await slack.fault({ method: 'chat.postMessage', ...fault });
    await expect(slack.chat.post(post({ channel: 'general' }))).rejects.toMatchObject({
      name: 'ChatFailure',
      ...failure,
    });
  });

  test('nobody at the other end', async () => {
    const away = await openWorkspace({ slack: { apiUrl: 'http://127.0.0.1:9/api/' } });
    await expect(away.chat.setTopic('C012345' as ChannelRef, 'x')).rejects.toMatchObject({
      code: 'no_answer',
      retryable: true,
    });
    await away.close();
  });

  test('a scope that is missing is named', async () => {
    const manifest = { display_information: { name: 'Tocsin' }, oauth_config: { scopes: { bot: ['users:read'] } } };
    const bare = await openWorkspace({ manifest });
    await expect(bare.chat.openChannel(wanted)).rejects.toThrow(/missing_scope \(needs .*channels:manage.*reinstall/);
    await bare.close();
  });
});

describe("with Slack's own limits", () => {
  async function limited() {
    const { clock, pause, now } = pacedClock();
    return openWorkspace({ limits: 'slack', clock, slack: { now, pause, budget: memoryBudget(now) } });
  }

  test('thirty posts to one channel and twenty channels at once provoke no refusal', async () => {
    const busy = await limited();
    const { channel } = await busy.chat.openChannel(wanted);
    await Promise.all([
      ...Array.from({ length: 30 }, (_, i) => busy.chat.post(post({ channel, key: `k${i}` }))),
      ...Array.from({ length: 20 }, (_, i) =>
        busy.chat.openChannel({ name: `inc-${i + 2}`, mark: `${i}`, urgency: 1 }),
      ),
    ]);
    expect((await busy.messagesIn(channel)).filter(({ text }) => text === 'hello')).toHaveLength(30);
    expect(busy.counts.filter(({ name }) => name === 'chat_rate_limited_total')).toEqual([]);
    await busy.close();
  });

  test('a refusal that comes all the same is waited for once', async () => {
    const busy = await limited();
    await busy.fault({ kind: 'rate_limited', method: 'chat.postMessage', retryAfter: 3 });
    await busy.chat.post(post());
    expect(await busy.calls('chat.postMessage')).toBe(2);
    expect((await busy.messagesIn('general')).filter(({ text }) => text === 'hello')).toHaveLength(1);
    await busy.close();
  });
});
