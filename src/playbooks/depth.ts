/** How deep YAML text nests, told from its tokens alone: deep nesting must be refused before a parser recurses into it. */
import { CST, Lexer } from 'yaml';

export const maxDepth = 20;
export const maxBytes = 64 * 1024;

/** Offset of the first place that nests deeper than allowed. */
export function tooDeepAt(text: string): number | undefined {
  const columns: number[] = [];
  let flow = 0;
  let offset = 0;
  let lineStart = 0;
  let atLineStart = true;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    if (type === 'flow-seq-start' || type === 'flow-map-start') flow += 1;
    if (type === 'flow-seq-end' || type === 'flow-map-end') flow = Math.max(0, flow - 1);
    const opens = type === 'seq-item-ind' || type === 'explicit-key-ind';
    if (flow === 0 && (opens || (atLineStart && isContent(type)))) {
      const column = offset - lineStart;
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
    }
    if (columns.length + flow > maxDepth) return offset;
    if (isContent(type) && !opens) atLineStart = false;
    // The lexer marks documents, scalars and the end with control characters that are not in the text.
    if (!isMark(lexeme)) offset += lexeme.length;
    if (lexeme.includes('\n')) {
      lineStart = text.lastIndexOf('\n', offset - 1) + 1;
      atLineStart = true;
    }
  }
  return undefined;
}

const isMark = (lexeme: string): boolean => [CST.DOCUMENT, CST.FLOW_END, CST.SCALAR].includes(lexeme);

function isContent(type: string | null): boolean {
  return (
    type !== null &&
    !['space', 'newline', 'comment', 'doc-mode', 'doc-start', 'byte-order-mark', 'comma'].includes(type)
  );
}
