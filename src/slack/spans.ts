/** Structured text as Slack's mrkdwn, within a limit: only what we build here is markup, what we were handed is text. */
import type { Rich, Span } from '../domain/message.ts';
import { clean, cutTo, escaped, escapedSize, oneLine, unformatted, webAddress, withoutBackticks } from './text.ts';

const marks = { bold: '*', italic: '_', strike: '~', code: '`' } as const;

/** At most `most` long; what does not fit is cut, and "…" says so. */
export function mrkdwn(rich: Rich, most: number): string {
  let out = '';
  for (const span of rich) {
    const next = spanText(span, most - out.length);
    if (next === undefined) return cutTo(`${out}…`, most);
    out += next;
  }
  return out;
}

/** Undefined: there is no room for it. */
function spanText(span: Span, room: number): string | undefined {
  if ('link' in span) return within(link(span.link, span.text), room);
  if ('user' in span) return within(reference('@', span.user), room);
  if ('channel' in span) return within(reference('#', span.channel), room);
  if ('time' in span) return within(time(span.time), room);
  if ('call' in span) return within(called(span), room);
  return styled(span, room);
}

const within = (text: string, room: number): string | undefined => (text.length <= room ? text : undefined);

type Call = Extract<Span, { call: unknown }>;
type Styled = Exclude<Span, { link: string } | { user: unknown } | { channel: unknown } | { time: unknown } | Call>;

function styled({ text, style }: Styled, room: number): string | undefined {
  if (!text) return '';
  if (room < 4) return undefined;
  if (!style) return escapedFit(unformatted(clean(text)), room);
  const mark = marks[style];
  const inner = style === 'code' ? withoutBackticks(oneLine(text)) : unformatted(oneLine(text));
  return inner && `${mark}${escapedFit(inner, room - 2)}${mark}`;
}

export const escapedFit = (text: string, most: number): string => escaped(cutTo(text, most, escapedSize));

function link(url: string, text: string): string {
  const address = webAddress(url);
  const label = escapedFit(unformatted(oneLine(text)), 300);
  return address ? `<${escaped(address)}|${label || 'link'}>` : label;
}

/** A reference that does not look like one of Slack's ids stays text. */
const reference = (sign: '@' | '#', id: string): string =>
  (sign === '@' ? /^[UW][A-Z0-9]+$/ : /^[CGD][A-Z0-9]+$/).test(id) ? `<${sign}${id}>` : escapedFit(oneLine(id), 100);

/** Slack: `<@U…>` notifies a person, `<!subteam^S…>` the members of a user group. Nobody who is not known is called. */
function called({ name, ids = [] }: Call): string {
  const known = ids.map((id) => (/^S[A-Z0-9]+$/.test(id) ? `<!subteam^${id}>` : reference('@', id)));
  return known.join(' ') || escapedFit(unformatted(oneLine(`@${name.replace(/^@/, '')}`)), 100);
}

/** Shown in the reader's time zone; the text after `|` is for clients that cannot. */
const time = (at: number): string =>
  `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time_secs}|${new Date(at).toISOString()}>`;
