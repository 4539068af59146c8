/** Looks at what can only be known by trying: matchers. */
import type { Finding, Path } from './document.ts';
import { BadMatcher, parseMatcher } from './matchers.ts';
import { asList, asObject } from './raw.ts';

export const checkTriggers = (data: unknown): readonly Finding[] =>
  asList(asObject(data).triggers).flatMap((trigger, index) =>
    asList(asObject(trigger).alert).flatMap((text, at) => matcherFindings(text, ['triggers', index, 'alert', at])),
  );

function matcherFindings(text: unknown, path: Path): readonly Finding[] {
  if (typeof text !== 'string') return [];
  try {
    parseMatcher(text);
    return [];
  } catch (error) {
    if (!(error instanceof BadMatcher)) throw error;
    return [{ path, code: 'bad_matcher', message: error.message }];
  }
}
