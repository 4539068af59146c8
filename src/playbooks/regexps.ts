/** Regular expressions of other people's making: RE2 only, whose time grows with the text and never explodes. */
import { RE2JS } from 're2js';

export interface Regexp {
  /** The whole text, as Alertmanager has it: `^(?:…)$`. */
  matches(text: string): boolean;
}

const kept = new Map<string, Regexp>();
const keptMost = 500;

/** Throws with what RE2 says about it. */
export function regexp(pattern: string): Regexp {
  const known = kept.get(pattern);
  if (known) return known;
  // Alone first: `a)|(b` would be whole only inside of the anchors' group.
  RE2JS.compile(pattern);
  const compiled = RE2JS.compile(`^(?:${pattern})$`);
  const made: Regexp = simple(pattern) ?? { matches: (text) => compiled.testExact(text) };
  if (kept.size >= keptMost) kept.clear();
  kept.set(pattern, made);
  return made;
}

/** `shop-.*` and `a|b`, as most patterns of alerts are: asked for each alert, and RE2 takes a microsecond. */
function simple(pattern: string): Regexp | undefined {
  const [, prefix, more] = /^([\w /:@-]*)\.([*+])$/.exec(pattern) ?? [];
  if (prefix !== undefined) {
    const least = prefix.length + (more === '+' ? 1 : 0);
    // RE2: `.` is anything but the end of a line.
    return { matches: (text) => text.length >= least && text.startsWith(prefix) && !text.includes('\n') };
  }
  if (!/^[\w /:@-]*(\|[\w /:@-]*)*$/.test(pattern)) return undefined;
  const words = new Set(pattern.split('|'));
  return { matches: (text) => words.has(text) };
}

/** Anywhere in the text, for expressions. */
export const found = (pattern: string, text: string): boolean => RE2JS.compile(pattern).matcher(text).find();

/** What is wrong with a pattern, in a line. */
export function regexpProblem(pattern: string): string | undefined {
  try {
    regexp(pattern);
    return undefined;
  } catch (error) {
    return `\`${pattern}\` is no RE2 expression: ${error instanceof Error ? error.message : 'it does not compile'}. RE2 has no look-around and no back-references.`;
  }
}
