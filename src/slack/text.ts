/** Text from elsewhere made harmless for Slack: nothing invisible, nothing that is markup, never longer than a limit. */

/** Control and format characters: what hides text, turns its direction round or has no width. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Without invisible characters (line breaks and tabs stay) and without halves of characters. */
export const clean = (text: string): string =>
  text.toWellFormed().replace(invisible, (char) => (char === '\n' || char === '\t' ? char : ''));

export const oneLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim();

/** Slack: `&`, `<` and `>` are the control characters of its markup. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const rawSize = (char: string): number => char.length;
export const escapedSize = (char: string): number =>
  char === '&' ? 5 : char === '<' || char === '>' ? 4 : char.length;

/** As much of it as is at most `most` long, cut between code points and before escaping; "…" where it was cut. */
export function cutTo(text: string, most: number, size: (char: string) => number = rawSize): string {
  let used = 0;
  let end = 0;
  let endWithDots = 0;
  for (const char of text) {
    used += size(char);
    if (used > most) return most > 0 ? `${text.slice(0, endWithDots)}…` : '';
    end += char.length;
    if (used < most) endWithDots = end;
  }
  return text;
}

const lookalikes: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };
/** Slack formats at the edges of words only, so that `node_cpu_seconds_total` may stay as it is. */
const formatting = /`|(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu;

/** Slack has no escape for its formatting characters: where they would format, they are replaced by others that look alike. */
export const unformatted = (text: string): string => text.replace(formatting, (char) => lookalikes[char] ?? char);

/** For code spans and blocks, where nothing but a backtick means anything. */
export const withoutBackticks = (text: string): string => text.replaceAll('`', 'ˋ');

/** Slack: 3000 characters a URL. */
const longestUrl = 3000;

/** The URL as Slack may be given it, or nothing where it is not a web address. */
export function webAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  const safe = clean(href).replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E');
  return safe.length <= longestUrl ? safe : undefined;
}
