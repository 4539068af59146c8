/** Times as people read them: of messages, of days, and Slack's `<!date^…>`. */
export interface Place {
  nowMs: number;
  locale?: string;
  timeZone?: string;
}

type Parts = Intl.DateTimeFormatOptions;

const say = (ms: number, { locale, timeZone }: Place, parts: Parts): string =>
  new Intl.DateTimeFormat(locale, { ...parts, ...(timeZone ? { timeZone } : {}) }).format(ms);

export const clockTime = (ms: number, place: Place): string =>
  say(ms, place, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const clockSeconds = (ms: number, place: Place): string =>
  say(ms, place, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

const long: Parts = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' };

export const wholeTime = (ms: number, place: Place): string => `${say(ms, place, long)}, ${clockSeconds(ms, place)}`;

export const dayKey = (ms: number, place: Place): string =>
  say(ms, { ...place, locale: 'en-CA' }, { year: 'numeric', month: '2-digit', day: '2-digit' });

const DAY_MS = 86_400_000;
const NEAR = new Map([
  [-1, 'Tomorrow'],
  [0, 'Today'],
  [1, 'Yesterday'],
]);

/** "Today", or the day by its name. */
export const dayName = (ms: number, place: Place): string =>
  nearName(ms, place) ?? say(ms, place, { weekday: 'long', month: 'long', day: 'numeric' });

function nearName(ms: number, place: Place): string | undefined {
  return [...NEAR].find(([days]) => dayKey(place.nowMs - days * DAY_MS, place) === dayKey(ms, place))?.[1];
}

/** Slack: the tokens of its date format; `_pretty` says yesterday, today and tomorrow where that is so. */
const TOKENS: Readonly<Record<string, Parts>> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_slash: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: long,
};

export function formatDate(seconds: number, format: string, place: Place): string {
  const ms = seconds * 1000;
  return format.replace(/\{(\w+)\}/g, (whole, token: string) => {
    if (token === 'time') return clockTime(ms, place);
    if (token === 'time_secs') return clockSeconds(ms, place);
    if (token === 'ago') return ago(ms, place);
    if (token === 'date_num') return dayKey(ms, place);
    const parts = TOKENS[token.replace('_pretty', '')];
    if (!parts) return whole;
    return (token.endsWith('_pretty') && nearName(ms, place)?.toLowerCase()) || say(ms, place, parts);
  });
}

const UNITS = [
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

function ago(ms: number, { nowMs, locale }: Place): string {
  const away = ms - nowMs;
  const [unit, size] = UNITS.find((one) => Math.abs(away) >= one[1]) ?? UNITS[3];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(away / size), unit);
}
