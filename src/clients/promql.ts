/** Puts values into PromQL as label matchers' strings, and nowhere else: what comes from an alert cannot become query. */

/** Says what to change in the query or its `vars`. */
export class BadVariable extends Error {
  override name = 'BadVariable';
}

type Token = { readonly kind: 'text' | 'string' | 'comment' | 'variable'; readonly text: string };

// Strings may hold `$` (`code=~"5..$"`) and are left alone; so are comments.
const tokens = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`|#[^\n]*|\$[A-Za-z_][A-Za-z0-9_]*|[^"'`#$]+|[\s\S]/g;

/** Fills each `$name` that stands as the value of a label matcher, `{job=$job}`, with its quoted and escaped value. */
export function bindVars(query: string, vars: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  let before = '';
  for (const token of tokensOf(query)) {
    if (token.kind !== 'variable') {
      before += token.text;
      continue;
    }
    const name = token.text.slice(1);
    if (!Object.hasOwn(vars, name)) throw new BadVariable(`\`$${name}\` has no value: name it under \`vars:\`.`);
    before += boundValue(before, name, vars[name] ?? '');
    used.add(name);
  }
  const unused = Object.keys(vars).find((name) => !used.has(name));
  if (unused !== undefined) throw new BadVariable(`\`vars.${unused}\` is not used: the query has no \`$${unused}\`.`);
  return before;
}

function boundValue(before: string, name: string, value: string): string {
  const operator = /(=~|!~|!=|=)\s*$/.exec(before)?.[1];
  if (!operator || !insideBraces(before))
    throw new BadVariable(`\`$${name}\` may only stand as the value of a label matcher, as in \`{job=$${name}}\`.`);
  return quoted(operator.endsWith('~') ? regexpLiteral(value) : value);
}

/** A PromQL string (Go's rules), of which JSON's escapes are a part. */
const quoted = (value: string): string => JSON.stringify(value.toWellFormed());

/** RE2: these and no others have a meaning outside classes. */
const regexpLiteral = (value: string): string => value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

function insideBraces(before: string): boolean {
  const bare = tokensOf(before).filter((token) => token.kind === 'text');
  return bare.reduce((depth, { text }) => depth + count(text, '{') - count(text, '}'), 0) === 1;
}

const count = (text: string, letter: string): number => text.split(letter).length - 1;

const tokensOf = (query: string): readonly Token[] =>
  [...query.matchAll(tokens)].map(([text]) => ({ kind: kindOf(text), text }));

function kindOf(text: string): Token['kind'] {
  if (text.startsWith('#')) return 'comment';
  if (text.length > 1 && /^["'`]/.test(text)) return 'string';
  return text.length > 1 && text.startsWith('$') ? 'variable' : 'text';
}
