/** Addresses with `{name}` in their path and query: what fills them in stays one piece of a path or one value of a query. */

export type Filled = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly problem: string };

type Vars = Readonly<Record<string, string | number | boolean>>;

const placeholder = /\{([A-Za-z_]\w*)\}/g;
/** No `{`: who is asked is never filled in. */
const constantOrigin = /^https?:\/\/[^/?#{}\\\s]+(?=[/?]|$)/i;

const namesIn = (template: string): readonly string[] => [
  ...new Set([...template.matchAll(placeholder)].map(([, name = '']) => name)),
];

export function fillUrl(template: string, vars: Vars): Filled {
  const problem = templateProblem(template) ?? namesProblem(template, vars) ?? emptyProblem(vars);
  if (problem !== undefined) return { ok: false, problem };
  const text = template.replace(placeholder, (_, name: string) =>
    encodeURIComponent(String(vars[name]).toWellFormed()),
  );
  if (!URL.canParse(text)) return { ok: false, problem: 'This is no address.' };
  return climbs(text)
    ? { ok: false, problem: 'A piece of the path is `.` or `..`, which would lead elsewhere.' }
    : { ok: true, url: new URL(text) };
}

function templateProblem(template: string): string | undefined {
  if (!constantOrigin.test(template))
    return 'Begin with http:// or https:// and a constant host: only path and query are filled in.';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  if (/[\u0000-\u0020\u007f\\#]/.test(template)) return 'No space, no backslash and no `#` in an address.';
  if (/[{}]/.test(template.replace(placeholder, '')))
    return 'Write what is filled in as `{name}`, with the name under `vars:`.';
  return undefined;
}

function namesProblem(template: string, vars: Vars): string | undefined {
  const names = namesIn(template);
  const missing = names.find((name) => !Object.hasOwn(vars, name));
  if (missing !== undefined) return `\`{${missing}}\` has no value: name it under \`vars:\`.`;
  const unused = Object.keys(vars).find((name) => !names.includes(name));
  return unused === undefined ? undefined : `\`vars.${unused}\` is not used: the address has no \`{${unused}}\`.`;
}

/** `/hosts//restart` would be another request than `/hosts/shop-1/restart`. */
function emptyProblem(vars: Vars): string | undefined {
  const empty = Object.keys(vars).find((name) => String(vars[name]) === '');
  return empty === undefined ? undefined : `\`vars.${empty}\` is empty.`;
}

/** The URL parser takes `.`, `..` and their escapes for ways through the tree. */
const climbs = (text: string): boolean =>
  (text.replace(constantOrigin, '').split('?')[0] ?? '').split('/').some((piece) => /^(\.|%2e){1,2}$/i.test(piece));
