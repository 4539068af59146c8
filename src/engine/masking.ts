/** Masks secrets in text as it streams by, however it was cut into pieces and in whichever of the usual encodings. */
import { automatonOf, type Node, root } from './masking/automaton.ts';
import { formsOf } from './masking/forms.ts';

export const masked = '•••';

export interface Masker {
  /** From now on it is masked, too. */
  learn(secret: string): void;
  mask(text: string): string;
  /** For text that comes in pieces. */
  stream(): MaskedStream;
}

/** Holds back only what may yet turn out to be the beginning of a secret: never more than its length less one. */
export interface MaskedStream {
  write(piece: string): string;
  /** Nothing more will come. */
  flush(): string;
}

export function createMasker(secrets: readonly string[] = []): Masker {
  const forms = new Set<string>();
  let automaton = root();
  const learn = (some: readonly string[]): void => {
    for (const form of some.flatMap(formsOf)) forms.add(form);
    automaton = automatonOf([...forms]);
  };
  learn(secrets);
  const stream = (): MaskedStream => streamOver(() => automaton);
  return {
    learn: (secret) => learn([secret]),
    stream,
    mask(text) {
      if (!forms.size) return text;
      const whole = stream();
      return whole.write(text) + whole.flush();
    },
  };
}

interface Held {
  readonly text: string;
  /** So much of its beginning is hidden by the mark that was written last; undefined: no mark touches it. */
  readonly hidden: number | undefined;
}

function streamOver(automaton: () => Node): MaskedStream {
  let held: Held = { text: '', hidden: undefined };
  const move = (text: string, isEnd: boolean): string => {
    const { spans, undecided } = find(automaton(), { ...held, text });
    const until = isEnd ? text.length : text.length - undecided;
    const { out, hidden } = write(text, spans, { until, hidden: held.hidden });
    held = { text: text.slice(until), hidden };
    return out;
  };
  return {
    write: (piece) => move(held.text + piece, false),
    flush: () => {
      const out = move(held.text, true);
      held = { text: '', hidden: undefined };
      return out;
    },
  };
}

/** From and to. */
type Span = readonly [number, number];

/** What is to be hidden, spans that touch made one, and how much of the end may be the beginning of more. */
function find(automaton: Node, { text, hidden }: Held): { spans: readonly Span[]; undecided: number } {
  const spans: Span[] = hidden === undefined ? [] : [[Math.min(0, hidden), hidden]];
  let node = automaton;
  for (let at = 0; at < text.length; at += 1) {
    node = node.step(text.charCodeAt(at));
    if (node.longest) join(spans, [at + 1 - node.longest, at + 1]);
  }
  return { spans, undecided: node.begun };
}

function join(spans: Span[], [from, to]: Span): void {
  let first = from;
  for (let last = spans.at(-1); last && last[1] >= from; last = spans.at(-1)) {
    first = Math.min(first, last[0]);
    spans.pop();
  }
  spans.push([first, to]);
}

/** The text up to `until`, each span as one mark; a span that begins where a mark stood already has none of its own. */
function write(
  text: string,
  spans: readonly Span[],
  { until, hidden }: { until: number; hidden: number | undefined },
): { out: string; hidden: number | undefined } {
  let out = '';
  let at = 0;
  let last: number | undefined;
  for (const [from, to] of spans) {
    if (from >= until && !(hidden !== undefined && from === 0)) break;
    out += text.slice(at, from);
    if (hidden === undefined || from > 0) out += masked;
    at = to;
    last = to;
  }
  out += text.slice(at, until);
  return { out, hidden: last !== undefined && last >= until ? last - until : undefined };
}
