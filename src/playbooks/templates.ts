/** Finds `${{ … }}` in a text: where each begins, and the expression inside it. */

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `source` is the expression alone; `at` is where it begins in the text. */
  | { readonly kind: 'expression'; readonly source: string; readonly at: number };

/** The text has an opening without an end. */
export class Unclosed extends Error {
  override name = 'Unclosed';
  readonly at: number;
  constructor(at: number) {
    super('`$' + '{{` is not closed by `}}`.');
    this.at = at;
  }
}

export const opening = '$' + '{{';
const closing = '}}';

export const hasExpression = (text: string): boolean => text.includes(opening);

export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf(opening, from);
    if (start > from || start < 0) pieces.push({ kind: 'text', text: text.slice(from, start < 0 ? undefined : start) });
    if (start < 0) return pieces.filter((piece) => piece.kind === 'expression' || piece.text !== '');
    const inner = start + opening.length;
    const end = endOf(text, inner);
    if (end === undefined) throw new Unclosed(start);
    const raw = text.slice(inner, end);
    pieces.push({ kind: 'expression', source: raw.trim(), at: inner + raw.length - raw.trimStart().length });
    from = end + closing.length;
  }
}

/** The one expression that is the whole text, whose value keeps its type. */
export function wholeExpression(text: string): Extract<Piece, { kind: 'expression' }> | undefined {
  const [only, ...more] = piecesOf(text).filter((piece) => piece.kind === 'expression' || piece.text.trim() !== '');
  return only?.kind === 'expression' && !more.length ? only : undefined;
}

/** `}}` ends it only outside of CEL's strings and braces: `{"a": {"b": 1}}` does not. */
function endOf(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"' || letter === "'") {
      const end = stringEnd(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (letter === '{') depth += 1;
    else if (letter === '}' && depth > 0) depth -= 1;
    else if (text.startsWith(closing, at)) return at;
  }
  return undefined;
}

/** Where the string that begins here has its last quote. CEL: `"…"`, `'…'`, each also tripled, and raw with an `r` before. */
function stringEnd(text: string, start: number): number | undefined {
  const quote = text[start] ?? '';
  const triple = quote.repeat(3);
  const mark = text.startsWith(triple, start) ? triple : quote;
  const raw =
    /[rR]/.test(text[start - 1] ?? '') &&
    !/[\w.]/.test(
      text
        .slice(0, start - 1)
        .replace(/[bB]$/, '')
        .at(-1) ?? '',
    );
  for (let at = start + mark.length; at < text.length; at++) {
    if (text[at] === '\\' && !raw) at += 1;
    else if (text.startsWith(mark, at)) return at + mark.length - 1;
  }
  return undefined;
}
