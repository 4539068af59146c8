/** conversations.history and .replies: what was said, newest or oldest first. */
import { isTimestamp, type Message } from '../messages.ts';
import { refuse } from '../refusal.ts';
import { repliesOf, shown } from '../shown.ts';
import { type Call, channelOf, type Handlers, mustBeIn, page } from './call.ts';

/** Slack: at most 999 messages a page, 100 unless told. */
const PAGE = { size: 100, most: 999 };

export const history: Handlers = {
  'conversations.history': (call) => {
    const channel = channelOf(call);
    mustBeIn(call, channel);
    const tops = [...channel.messages.values()].filter(({ ts, thread_ts }) => !thread_ts || thread_ts === ts);
    const found = tops.filter(withinWindow(call)).reverse();
    const { items, more, response_metadata } = page(call, found, PAGE);
    const messages = items.map((message) => shown(channel, message, call.args.flag('include_all_metadata')));
    return { messages, has_more: more, pin_count: channel.pins.length, response_metadata };
  },
  'conversations.replies': (call) => {
    const channel = channelOf(call);
    mustBeIn(call, channel);
    const parent = channel.messages.get(call.args.text('ts'));
    if (!parent) throw refuse('thread_not_found');
    const replies = repliesOf(channel, parent.ts).filter(withinWindow(call));
    const { items, more, response_metadata } = page(call, [parent, ...replies], PAGE);
    const messages = items.map((message) => shown(channel, message, call.args.flag('include_all_metadata')));
    return { messages, has_more: more, response_metadata };
  },
};

function withinWindow({ args }: Call): (message: Message) => boolean {
  const oldest = bound(args.text('oldest'), 'invalid_ts_oldest');
  const latest = bound(args.text('latest'), 'invalid_ts_latest');
  const inclusive = args.flag('inclusive');
  const after = (ts: string) => !oldest || compare(ts, oldest) > 0 || (inclusive && compare(ts, oldest) === 0);
  const before = (ts: string) => !latest || compare(ts, latest) < 0 || (inclusive && compare(ts, latest) === 0);
  return ({ ts }) => after(ts) && before(ts);
}

function bound(ts: string, code: string): string {
  if (ts && ts !== 'now' && !isTimestamp(ts)) throw refuse(code);
  return ts === 'now' ? '' : ts;
}

/** Microseconds: a timestamp is too long for exact arithmetic as a decimal. */
const micros = (ts: string) => {
  const [seconds = '0', rest = ''] = ts.split('.');
  return BigInt(seconds) * 1_000_000n + BigInt(rest.padEnd(6, '0'));
};
const compare = (a: string, b: string) => Number(micros(a) - micros(b));
