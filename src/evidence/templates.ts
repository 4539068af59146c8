/** The service's own links (logs, traces), filled with the alert's labels and the time around it. */
import type { EvidenceSubject } from '../engine/ports.ts';
import { checkedUrl, type Links, linkProviders } from './links.ts';

export const templates = () => linkProviders('links', fillAll);

function fillAll({ alert, links: wanted, now }: EvidenceSubject): Links {
  const values = { ...alert.labels, ...timesAround(alert.startsAt, now) };
  const all = wanted.map(({ title, url }) => ({ title, ...fill(url, values) }));
  return {
    links: all.flatMap((filled) => ('url' in filled ? [{ title: filled.title, url: filled.url }] : [])),
    problems: all.flatMap((filled) => ('problem' in filled ? [`"${filled.title}" ${filled.problem}`] : [])),
  };
}

type Filled = { readonly url: string } | { readonly problem: string };

const place = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

export function fill(template: string, values: Readonly<Record<string, string>>): Filled {
  // Whoever can write a label must not choose where people are sent.
  const host = /^https?:\/\/[^/?#{}@\s]+(?=[/?#]|$)/.exec(template)?.[0];
  if (!host) return { problem: 'needs a host without `{{ }}`' };
  const missing = [...template.matchAll(place)]
    .map(([, name = '']) => name)
    .find((name) => !Object.hasOwn(values, name));
  if (missing !== undefined) return { problem: `needs the label \`${missing}\`, which the alert does not have` };
  const url = template.replace(place, (_, name: string) => escaped(values[name] ?? ''));
  return url.includes('{{') ? { problem: 'has a `{{` that is no label' } : checkedUrl(url);
}

/** `encodeURIComponent` leaves some letters that end a value in some query languages; `.` and `..` would be taken as folders. */
const escaped = (value: string): string =>
  encodeURIComponent(value.toWellFormed())
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\.{1,2}$/, '');

const beforeMs = 30 * 60_000;
const afterMs = 5 * 60_000;

/** From half an hour before the alert fired until now, and a little more for what comes in late. */
function timesAround(startsAt: number, now: number): Record<string, string> {
  const from = Math.min(startsAt, now) - beforeMs;
  const to = now + afterMs;
  return {
    ...{ from: String(from), from_s: String(Math.floor(from / 1_000)), from_iso: new Date(from).toISOString() },
    ...{ to: String(to), to_s: String(Math.ceil(to / 1_000)), to_iso: new Date(to).toISOString() },
  };
}
