/** Links of which some may have to be refused: what is good is shown, and what is not costs a line of its own. */
import type { EvidenceProvider, EvidenceSubject } from '../engine/ports.ts';

export interface Link {
  readonly title: string;
  readonly url: string;
}

export interface Links {
  readonly links: readonly Link[];
  readonly problems: readonly string[];
}

/** Two providers: a link that is refused must not take the others with it. */
export function linkProviders(id: string, find: (subject: EvidenceSubject) => Links): readonly EvidenceProvider[] {
  return [
    { id, collect: async (subject) => find(subject).links.map((link) => ({ kind: 'link', ...link })) },
    {
      id: `${id} left out`,
      collect: async (subject) => {
        const { problems } = find(subject);
        if (problems.length) throw new Error(problems.join('; '));
        return [];
      },
    },
  ];
}

// Slack: 3,000 characters in the URL of a button.
const maxUrl = 3_000;

/** The address as a browser would read it, or what is wrong with it. */
export function checkedUrl(text: string): { readonly url: string } | { readonly problem: string } {
  if (!URL.canParse(text)) return { problem: 'is no address' };
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol))
    return { problem: `begins with ${url.protocol}, and only http and https are shown` };
  // `https://slack.com@evil.example` leads to evil.example.
  if (url.username || url.password) return { problem: 'has a user name in front of its host' };
  return url.href.length > maxUrl ? { problem: `has more than ${maxUrl} characters` } : { url: url.href };
}
