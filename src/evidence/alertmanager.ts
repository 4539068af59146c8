/** The alert in Alertmanager itself, and the form that silences it. Source: Alertmanager's UI, `#/alerts?filter={…}`. */
import type { Alert } from '../domain/alert.ts';
import { checkedUrl, linkProviders } from './links.ts';

export const alertmanager = () =>
  linkProviders('alertmanager', ({ alert, externalURL }) => {
    if (!externalURL) return { links: [], problems: [] };
    const base = checkedUrl(externalURL);
    if ('problem' in base) return { links: [], problems: [`its address ${base.problem}`] };
    const page = (path: string) =>
      `${base.url.replace(/\/+$/, '')}/#/${path}?filter=${encodeURIComponent(filterOf(alert))}`;
    const links = [
      { title: 'Alert in Alertmanager', url: page('alerts') },
      { title: 'Silence it', url: page('silences/new') },
    ];
    return { links, problems: [] };
  });

// What is left out makes the filter wider; a URL that is too long is no link at all.
const maxFilter = 900;

/** `{alertname="X",job="shop"}`: as many labels as fit, the name first. */
export function filterOf({ labels }: Pick<Alert, 'labels'>): string {
  const names = Object.keys(labels).sort(
    (a, b) => Number(b === 'alertname') - Number(a === 'alertname') || (a < b ? -1 : 1),
  );
  const matchers: string[] = [];
  for (const name of names) {
    const matcher = `${quotedName(name)}=${quoted(labels[name] ?? '')}`;
    if ([...matchers, matcher].join(',').length <= maxFilter) matchers.push(matcher);
  }
  return `{${matchers.join(',')}}`;
}

const quoted = (text: string): string => `"${text.toWellFormed().replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

/** Prometheus 3 takes any name, quoted. */
const quotedName = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name));
