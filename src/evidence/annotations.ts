/** Every `*_url` annotation of the alert: runbook, dashboard, whatever the rule's author thought of. */
import { checkedUrl, linkProviders } from './links.ts';

const maxLinks = 10;

export const annotations = () =>
  linkProviders('annotations', ({ alert }) => {
    const all = Object.entries(alert.annotations)
      .filter(([name, value]) => /._url$/i.test(name) && value.trim() !== '')
      .slice(0, maxLinks)
      .map(([name, value]) => ({ name, ...checkedUrl(value.trim()) }));
    return {
      links: all.flatMap((found) => ('url' in found ? [{ title: titleOf(found.name), url: found.url }] : [])),
      problems: all.flatMap((found) => ('problem' in found ? [`\`${found.name}\` ${found.problem}`] : [])),
    };
  });

/** `runbook_url` → `Runbook`. */
function titleOf(name: string): string {
  const words = name.replace(/_url$/i, '').replaceAll('_', ' ').trim().slice(0, 60);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
