/** Reads Slack's mrkdwn into a tree of plain values. Whoever shows it decides what they look like. */
export type Span =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'quote'; children: Span[] }
  | { kind: 'code' | 'block'; text: string }
  | { kind: 'link'; url: string; children: Span[] }
  | { kind: 'user' | 'channel' | 'group'; id: string; label: string }
  | { kind: 'broadcast'; name: string }
  | { kind: 'date'; seconds: number; format: string; url: string; fallback: string }
  | { kind: 'emoji'; name: string };

const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

/** Code, something in angle brackets, an emoji, a styled run, a bare address. Bounded, so that no text takes long. */
const INLINE =
  /`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]{1,60}):|(?<![\p{L}\p{N}])([*_~])(?=\S)((?:`[^`\n]{0,500}`|<[^<>\n]{0,500}>|[^\n`<]){0,1000}?[^\s`<])\4(?![\p{L}\p{N}])|(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]}'"])/gu;

export function parseMrkdwn(text: string): Span[] {
  return text.split(/```\n?([\s\S]*?)\n?```\n?/).flatMap((part, i): Span[] => {
    if (i % 2) return [{ kind: 'block', text: plainOf(part) }];
    return part ? quotesIn(part) : [];
  });
}

/** Emoji are all that plain text has. */
export const parsePlain = (text: string): Span[] =>
  text.split(/:([a-z0-9_+'-]{1,60}):/).flatMap((part, i): Span[] => {
    if (i % 2) return [{ kind: 'emoji', name: part }];
    return part ? [{ kind: 'text', text: part }] : [];
  });

/** Lines that begin with `>` stand together as one quote. */
function quotesIn(text: string): Span[] {
  const runs: { isQuote: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const isQuote = /^(>|&gt;)/.test(line);
    const shown = isQuote ? line.replace(/^(>|&gt;) ?/, '') : line;
    const last = runs.at(-1);
    if (last?.isQuote === isQuote) last.lines.push(shown);
    else runs.push({ isQuote, lines: [shown] });
  }
  return runs.flatMap(({ isQuote, lines }): Span[] => {
    const children = spansIn(lines.join('\n'));
    return isQuote ? [{ kind: 'quote', children }] : children;
  });
}

function spansIn(text: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > from) spans.push({ kind: 'text', text: plainOf(text.slice(from, found.index)) });
    spans.push(spanOf(found));
    from = found.index + found[0].length;
  }
  if (from < text.length) spans.push({ kind: 'text', text: plainOf(text.slice(from)) });
  return spans;
}

function spanOf([whole, code, bracket, emoji, mark, styled, url]: RegExpExecArray): Span {
  if (code !== undefined) return { kind: 'code', text: plainOf(code) };
  if (bracket !== undefined) return bracketed(bracket, whole);
  if (emoji !== undefined) return { kind: 'emoji', name: emoji };
  if (url !== undefined) return { kind: 'link', url: plainOf(url), children: [{ kind: 'text', text: plainOf(url) }] };
  return { kind: STYLES[mark as keyof typeof STYLES], children: spansIn(styled ?? '') };
}

/** `<@U…|label>`, `<#C…|label>`, `<!…>`, `<https://…|label>`. */
function bracketed(inside: string, whole: string): Span {
  const [head = '', ...rest] = inside.split('|');
  const label = plainOf(rest.join('|'));
  if (head.startsWith('@')) return { kind: 'user', id: head.slice(1), label };
  if (head.startsWith('#')) return { kind: 'channel', id: head.slice(1), label };
  if (head.startsWith('!')) return special(head.slice(1), label);
  if (!/^(https?:\/\/|mailto:)/i.test(head)) return { kind: 'text', text: plainOf(whole) };
  const url = plainOf(head);
  return { kind: 'link', url, children: label ? parsePlain(label) : [{ kind: 'text', text: url }] };
}

function special(command: string, label: string): Span {
  const [name = '', first = '', format = '', url = ''] = command.split('^');
  if (name === 'subteam') return { kind: 'group', id: first, label };
  if (name === 'date') return { kind: 'date', seconds: Number(first), format, url: plainOf(url), fallback: label };
  if (['here', 'channel', 'everyone'].includes(name)) return { kind: 'broadcast', name };
  return { kind: 'text', text: label || `<!${command}>` };
}

const plainOf = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
