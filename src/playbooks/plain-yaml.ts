/** The short road from YAML to data: for text in which nothing is unusual, and without a line and column for each value. */
import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import { maxBytes } from './depth.ts';
import { reservedKeys } from './reserved-keys.ts';

type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

/**
 * Undefined wherever the long road (`document.ts`) would have something to say, or might read the text in another way:
 * it then decides alone. It takes ten times as long, for it knows where everything stands.
 */
export function plainData(text: string): { readonly data: unknown } | undefined {
  if (Buffer.byteLength(text) > maxBytes || unusual.test(text) || doubtful.test(text)) return undefined;
  try {
    return { data: read(text, parseEvents(text, { maxDepth: deepest })) };
  } catch {
    // A syntax error, or something of `refused`: which of the two is for the long road to say.
    return undefined;
  }
}

/** Well below what is allowed, since depth is counted in another way there. */
const deepest = 12;

/** Tabs and the line ends and spaces of other alphabets are where YAML's readers differ. */
const unusual =
  /[^\n\x20-\x7e\u00a0-\u167f\u1681-\u1fff\u2010-\u2027\u2030-\u205e\u2060-\u2fff\u3001-\ud7ff\ue000-\ufefe\uff00-\ufffd\ud800-\udfff]/;

/** Where they were found to differ: the end of a document, and blocks that say how they are indented or end. */
const doubtful = /^\.\.\.|[|>]-?[\d+]/m;

const refused = (why: string): never => {
  throw new Error(why);
};

type Open = { readonly items: unknown[] } | { readonly entries: Record<string, unknown>; key: string | undefined };

function read(text: string, events: readonly Event[]): unknown {
  const open: Open[] = [];
  let documents = 0;
  let root: unknown;
  const put = (value: unknown): void => {
    const into = open.at(-1);
    if (!into) root = value;
    else if ('items' in into) into.items.push(value);
    else if (into.key === undefined) into.key = keyOf(value, into.entries);
    else {
      into.entries[into.key] = value;
      into.key = undefined;
    }
  };
  for (const event of events) {
    if (event.type === EVENT_ID.POP) open.pop();
    else if (event.type === EVENT_ID.SCALAR) put(scalarOf(text, bare(event)));
    else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) {
      const next: Open = bare(event).type === EVENT_ID.SEQUENCE ? { items: [] } : { entries: {}, key: undefined };
      put('items' in next ? next.items : next.entries);
      open.push(next);
    } else if (event.type === EVENT_ID.ALIAS) refused('an alias');
    else documents += event.directives.length + 1;
  }
  const isPlaybook = documents === 1 && typeof root === 'object' && root !== null && !Array.isArray(root);
  return isPlaybook ? root : refused('not one map, or a directive');
}

/** Without an anchor and a tag. */
const bare = <E extends { readonly anchorStart: number; readonly tagStart: number }>(event: E): E =>
  event.anchorStart < 0 && event.tagStart < 0 ? event : refused('an anchor or a tag');

function keyOf(value: unknown, entries: object): string {
  if (typeof value !== 'string' || value === '<<' || reservedKeys.includes(value)) return refused('an unusual key');
  return Object.hasOwn(entries, value) ? refused('a key twice') : value;
}

/** YAML 1.2.2, 10.3.2, Core Schema; its octal and hexadecimal numbers and infinities take the long road. */
function scalarOf(text: string, event: ScalarEvent): unknown {
  const written = event.valueStart < 0 ? '' : getScalarValue(text, event);
  const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  if (isQuoted && text.slice(event.valueStart, event.valueEnd).includes('\n'))
    return refused('quotes of several lines');
  if (event.style !== SCALAR_STYLE.PLAIN) return written;
  if (!/^[-+.0-9~tTfFnN]|^$/.test(written)) return written;
  if (/^(?:~|[Nn]ull|NULL)?$/.test(written)) return null;
  if (/^(?:[Tt]rue|TRUE)$/.test(written)) return true;
  if (/^(?:[Ff]alse|FALSE)$/.test(written)) return false;
  if (/^0o[0-7]+$|^0x[0-9a-fA-F]+$|^[-+]?\.(?:inf|nan)$/i.test(written)) return refused('an unusual number');
  if (!/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(written)) return written;
  const number = Number.parseFloat(written);
  const isExact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return isExact ? number : refused('a number that cannot be kept');
}
