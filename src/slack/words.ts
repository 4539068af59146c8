/** What somebody typed after a slash command, as words: quotes hold words together, `key=value` is named. */

export interface Words {
  readonly plain: readonly string[];
  readonly named: Readonly<Record<string, string>>;
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Slack escapes what people type, and turns names and addresses into references: back to what they saw. */
export const asTyped = (text: string): string =>
  text
    .replace(
      /<([@#])([A-Z0-9]+)(?:\|([^>]*))?>/g,
      (_, sign: string, id: string, name?: string) => `${sign}${name || id}`,
    )
    .replace(/<((?:https?|mailto):[^>|]+)(?:\|[^>]*)?>/g, '$1')
    .replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity)
    .trim();

/** A word, a quoted word, or `key=` before either; phones type curly quotes. An apostrophe inside a word is none. */
const token =
  /(?<empty>[A-Za-z_][\w-]*)=(?=\s|$)|(?:(?<key>[A-Za-z_][\w-]*)=)?(?:"(?<double>[^"]*)"|“(?<curly>[^”]*)”|(?<=^|\s|=)'(?<single>[^']*)'(?=\s|$)|(?<bare>\S+))/g;

/** `keys`: which names are taken for names; any other `a=b` is a word like others. */
export function wordsOf(text: string, keys: 'any' | readonly string[]): Words {
  const plain: string[] = [];
  const named: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { 0: whole, groups = {} } of text.matchAll(token)) {
    const { empty, key = empty, double, curly, single, bare } = groups;
    const value = double ?? curly ?? single ?? bare ?? '';
    if (key && (keys === 'any' || keys.includes(key))) named[key] = value;
    else plain.push(key ? whole : value);
  }
  return { plain, named: { ...named } };
}

/** The first word and what follows it, untouched. */
export function firstWord(text: string): { readonly word: string; readonly rest: string } {
  const [, word = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
  return { word: word.toLowerCase(), rest };
}
