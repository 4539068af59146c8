/** Texts as people who decide must see them: with what is invisible written out, and measured as Slack measures. */

/** Control and format characters, spaces that are none, halves of characters, and letters that have no shape. */
const unseen =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u00a0\u115f\u1160\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]|\u034f|[\ufe00-\ufe0f]/gu;

/** What acts may hold what nobody sees: `shop\u{200b}-1` is not `shop-1`. */
export const visible = (text: string): string =>
  text.replace(unseen, (char) =>
    char === '\n' || char === '\t' ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );

const extra = (char: string): number => (char === '&' ? 4 : char === '<' || char === '>' ? 3 : 0);

/** Slack: `&` counts as five characters, `<` and `>` as four. */
export const weigh = (text: string): number =>
  text.length + 4 * (text.match(/&/g)?.length ?? 0) + 3 * (text.match(/[<>]/g)?.length ?? 0);

/** As much of it as weighs no more; "…" where it was cut. */
export function fitted(text: string, most: number): string {
  if (weigh(text) <= most) return text;
  let left = most - 1;
  let end = 0;
  for (const char of text) {
    left -= char.length + extra(char);
    if (left < 0) break;
    end += char.length;
  }
  return `${text.slice(0, end)}…`;
}
