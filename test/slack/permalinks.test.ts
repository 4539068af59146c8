/** Links to messages, without a call. */
import { expect, test } from 'vitest';
import type { ChannelRef } from '../../src/domain/ids.ts';
import { permalinks } from '../../src/slack/permalinks.ts';

const message = { channel: 'C012AB3CD' as ChannelRef, ts: '1503435956.000247' };

test('a message is found through Slack’s own redirect', () => {
  expect(permalinks()(message)).toBe('https://slack.com/app_redirect?channel=C012AB3CD&message_ts=1503435956.000247');
});

test('a message of a Slack elsewhere is found there', () => {
  expect(permalinks('http://127.0.0.1:4100/api/')(message)).toBe(
    'http://127.0.0.1:4100/archives/C012AB3CD/p1503435956000247',
  );
});
