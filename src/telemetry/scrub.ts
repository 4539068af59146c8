/** Takes known secrets, and what looks like a token of Slack's, out of text. */

const hidden = '***';

// Shorter ones would blot out ordinary words; config/ refuses such secrets where they matter.
const shortest = 6;

const slackToken = /\bx(?:ox[a-z]|app)-[\w-]{6,}/g;
const credentials = /\b(Bearer|Basic) [\w+/.~=-]{6,}/gi;

export function scrubber(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter((secret) => secret.length >= shortest).flatMap(formsOf))];
  // The longest first: a secret may contain another.
  const known = forms
    .sort((a, b) => b.length - a.length)
    .map(literally)
    .join('|');
  const pattern = known ? new RegExp(known, 'g') : undefined;
  return (text) => {
    const scrubbed = pattern ? text.replace(pattern, hidden) : text;
    return scrubbed.replace(slackToken, hidden).replace(credentials, `$1 ${hidden}`);
  };
}

/** As it stands, inside of JSON, inside of a URL, and as base64. */
const formsOf = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
];

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
