/** From alerts to incidents: opened once, grouped, mitigated, resolved, reopened, closed. */
import { describe, expect, test } from 'vitest';
import { firing, group, nine, resolved, webhook } from '../support/alerts.ts';
import { alice } from '../support/people.ts';
import { stage } from '../support/scenario.ts';

const minuteMs = 60_000;

describe('an alert', () => {
  test('opens one incident, with one channel, one card and one summary', async () => {
    const { sends, chat, incident } = await stage();
    await sends(group([firing('a')]));
    expect(await incident()).toMatchObject({
      status: 'triggered',
      severity: 'sev1',
      service: 'shop',
      counts: { firing: 1 },
    });
    expect(chat.channels).toHaveLength(1);
    expect([chat.of('post_card').length, chat.of('post_summary').length, chat.pinned.length]).toEqual([1, 1, 1]);
    expect(chat.channels[0]?.topic).toContain('The shop is down');
  });

  test('that a second Alertmanager sends too changes nothing', async () => {
    const { sends, chat, incidents, store } = await stage();
    await sends(group([firing('a')]));
    const { version } = await store.load((await incidents())[0]?.id ?? ('' as never));
    await sends(group([firing('a')]));
    expect(await incidents()).toHaveLength(1);
    expect((await store.load((await incidents())[0]?.id ?? ('' as never))).version).toBe(version);
    expect(chat.of('post_card')).toHaveLength(1);
  });

  test('that resolves makes the incident mitigated, and resolved after the grace', async () => {
    const { sends, passes, incident, reasons } = await stage();
    await sends(group([firing('a'), firing('b')]));
    await sends(group([resolved('a'), firing('b')]));
    expect((await incident()).status).toBe('triggered');
    await sends(group([resolved('a'), resolved('b')]));
    expect((await incident()).status).toBe('mitigated');
    await passes('4m');
    expect((await incident()).status).toBe('mitigated');
    await passes('2m');
    expect((await incident()).status).toBe('resolved');
    expect((await reasons('inc-1')).filter((reason) => reason !== 'evidence_found')).toEqual([
      'first_alert',
      'channel_opened',
      'some_resolved',
      'all_resolved',
      'grace_ended',
    ]);
  });

  test('that fires again within the grace keeps the incident open, and its old grace ends nothing', async () => {
    const { sends, passes, incident } = await stage();
    await sends(group([firing('a')]));
    await sends(group([resolved('a')]));
    await passes('2m');
    await sends(group([firing('a', { startsAt: nine + 2 * minuteMs })]));
    expect((await incident()).status).toBe('triggered');
    await passes('4m');
    expect((await incident()).status).toBe('triggered');
  });

  test('that fires again after the incident resolved reopens it, and somebody can take it anew', async () => {
    const { sends, passes, incident, incidents, asks } = await stage();
    await sends(group([firing('a')]));
    await asks(alice, { kind: 'acknowledge', incident: 'inc-1' });
    await sends(group([resolved('a')]));
    await passes('6m');
    await sends(group([firing('a', { startsAt: nine + 6 * minuteMs })]));
    expect((await incident()).status).toBe('triggered');
    expect(await incidents()).toHaveLength(1);
    expect((await asks(alice, { kind: 'acknowledge', incident: '1' })).reason).toBe('acknowledged');
  });

  test('that fires after the incident was closed opens another', async () => {
    const { sends, passes, incident, incidents } = await stage();
    await sends(group([firing('a')]));
    await sends(group([resolved('a')]));
    await passes('70m');
    expect((await incident()).status).toBe('closed');
    await sends(group([firing('a', { startsAt: nine + 70 * minuteMs })]));
    expect((await incidents()).map(({ status }) => status)).toEqual(['triggered', 'closed']);
  });

  test('that is heard of as resolved first never opens an incident, not even when its firing comes late', async () => {
    const { sends, incidents } = await stage();
    await sends(group([resolved('a')]));
    await sends(group([firing('a')]));
    expect(await incidents()).toEqual([]);
  });

  test('that is over already does not join an open incident late', async () => {
    const { sends, incident } = await stage();
    await sends(group([firing('a')]));
    const other = { groupKey: '{}:{alertname="ShopSlow"}' };
    await sends(group([resolved('b')], other));
    await sends(group([firing('b')], other));
    expect((await incident()).counts).toMatchObject({ firing: 1, resolved: 0 });
  });

  test('whose old end arrives after its new beginning goes on firing', async () => {
    const { sends, passes, incident } = await stage();
    await sends(group([firing('a')]));
    await passes('3m');
    await sends(group([firing('a', { startsAt: nine + 2 * minuteMs })]));
    await sends(group([resolved('a', { endsAt: nine + minuteMs })]));
    expect(await incident()).toMatchObject({ status: 'triggered', counts: { firing: 1, resolved: 0 } });
  });

  test('of a hostile rule is only text', async () => {
    const { sends, incident, chat } = await stage();
    const labels = { severity: 'constructor', alertname: '__proto__', service: 'toString' };
    await sends(group([firing('a', { labels, annotations: { summary: '<!channel> *bold* `x`' } })]));
    expect(await incident()).toMatchObject({ severity: 'sev3', service: 'toString', title: '<!channel> *bold* `x`' });
    expect(chat.of('post_card')).toHaveLength(1);
  });
});

describe('a new group of the same service', () => {
  const other = (alerts: Parameters<typeof group>[0]) => group(alerts, { groupKey: '{}:{alertname="ShopSlow"}' });

  test('joins the open incident within the window', async () => {
    const { sends, passes, incidents } = await stage();
    await sends(group([firing('a')]));
    await passes('9m');
    await sends(other([firing('b')]));
    expect((await incidents()).map(({ counts }) => counts.firing)).toEqual([2]);
  });

  test('opens a new one outside of it', async () => {
    const { sends, passes, incidents } = await stage();
    await sends(group([firing('a')]));
    await passes('11m');
    await sends(other([firing('b')]));
    expect(await incidents()).toHaveLength(2);
  });

  test('keeps the incident open until all of its groups are quiet', async () => {
    const { sends, incident } = await stage();
    await sends(group([firing('a')]));
    await sends(other([firing('b')]));
    await sends(group([resolved('a')]));
    expect((await incident()).status).toBe('triggered');
    await sends(other([resolved('b')]));
    expect((await incident()).status).toBe('mitigated');
  });
});

describe('the inbox', () => {
  test('is swept of what a dead process left behind', async () => {
    const { store, passes, incident } = await stage();
    await store.inbox.put('am', webhook(group([firing('a')])));
    await passes('3s');
    expect((await incident()).status).toBe('triggered');
    expect(await store.inbox.size()).toBe(0);
  });

  test('goes on past an entry that nobody can read, and keeps it while a newer process might', async () => {
    const { store, passes, incidents, logged } = await stage();
    await store.inbox.put('elsewhere', webhook(group([firing('b')])));
    await store.inbox.put('am', webhook(group([firing('a')])));
    await passes('3s');
    expect(await incidents()).toHaveLength(1);
    expect(await store.inbox.size()).toBe(1);
    await passes('11m');
    expect(await store.inbox.size()).toBe(0);
    expect(logged).toContain('an inbox entry that no process could read is dropped');
  });
});

describe('people', () => {
  test('open an incident by hand, with a channel and a card', async () => {
    const { asks, chat, incident } = await stage();
    const answer = await asks(alice, { kind: 'open_incident', title: 'Checkout feels slow', service: 'shop' });
    expect(answer).toMatchObject({ reason: 'opened_by_hand', done: true });
    expect(await incident()).toMatchObject({
      status: 'triggered',
      title: 'Checkout feels slow',
      counts: { firing: 0 },
    });
    expect(chat.of('post_card')).toHaveLength(1);
  });

  test('click twice and are heard once', async () => {
    const { asks, incidents } = await stage();
    await asks(alice, { kind: 'open_incident', title: 'Slow' }, 'envelope-1');
    expect((await asks(alice, { kind: 'open_incident', title: 'Slow' }, 'envelope-1')).reason).toBe('repeated');
    expect(await incidents()).toHaveLength(1);
  });

  test('resolve while it fires: repeats change nothing, a new alert reopens it', async () => {
    const { sends, asks, incident } = await stage();
    await sends(group([firing('a')]));
    await asks(alice, { kind: 'resolve', incident: 'inc-1' });
    await sends(group([firing('a')]));
    expect((await incident()).status).toBe('resolved');
    await sends(group([firing('a'), firing('b')]));
    expect((await incident()).status).toBe('triggered');
  });
});

test('a storm of new alerts is one line a minute in the channel, and every alert counts', async () => {
  const on = await stage();
  for (const name of Array.from({ length: 30 }, (_, at) => `shop-${at}`)) await on.sends(group([firing(name)]));
  expect((await on.incident()).counts.firing).toBe(30);
  expect(on.chat.of('notify')).toHaveLength(0);
  await on.passes('1m');
  await on.sends(group([firing('shop-30')]));
  expect(on.chat.shows('C1')).toContain('🔥 30 new alerts firing.');
});
