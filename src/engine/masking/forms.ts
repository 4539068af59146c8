/** The forms in which a secret is met: as it stands, line by line, in JSON, in a URL, in base64 at any offset, in hex, in HTML, as a shell quotes it. */

/** Shorter ones would blot out ordinary words. */
const shortest = 4;
/** Of base64 that begins in the midst of something else. */
const shortestCore = 6;
/** Longer ones are looked for in pieces: a secret that was cut off is hidden too, and little has to be held back. */
const longest = 64;

/** None of them holds a line break: a line may be shown as soon as it ends. */
export function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/).flatMap((line) => [line, line.trim()]);
  const parts = [...new Set([secret.trim(), ...lines])].filter((part) => part.length >= shortest);
  const forms = parts.flatMap((part) => [
    part,
    ...inJson(part),
    ...inUrls(part),
    ...inBase64(part),
    ...inHex(part),
    ...quotedIn(part),
  ]);
  const usable = forms.filter((form) => form.length >= shortest && !/[\r\n]/.test(form));
  return [...new Set(usable.flatMap(inPieces))];
}

/** As JavaScript writes it, as PHP does, in plain ASCII (Python), and safe for HTML (Go). */
function inJson(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  return [json, json.replaceAll('/', '\\/')].flatMap((form) => [
    form,
    form.replace(/[\u007f-\uffff]/g, asUnicode),
    form.replace(/[<>&]/g, asUnicode),
  ]);
}

const asUnicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

function inUrls(text: string): readonly string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const strict = encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [
    encoded,
    strict,
    encoded.replaceAll('%20', '+'),
    strict.replaceAll('%20', '+'),
    encodeURI(text.toWellFormed()),
  ];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]);
}

function inHex(text: string): readonly string[] {
  const hex = Buffer.from(text).toString('hex');
  return [hex, hex.toUpperCase()];
}

/** Where none of the signs stands in it, that is the text itself. */
const quotedIn = (text: string): readonly string[] => [
  inHtml(text, '&#39;'),
  inHtml(text, '&#x27;'),
  inHtml(text, "'"),
  // `set -x` of dash and of bash.
  text.replaceAll("'", "'\\''"),
  text.replaceAll("'", `'"'"'`),
];

const inHtml = (text: string, apostrophe: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", apostrophe);

function inBase64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const cores = [0, 1, 2].map((offset) => core(bytes, offset)).filter((form) => form.length >= shortestCore);
  return [whole, ...cores].flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Without the characters that tell of what stands before it and after it. */
function core(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const isCut = (offset + bytes.length) % 3 !== 0;
  return text.slice(Math.ceil((offset * 4) / 3), isCut ? -1 : undefined);
}

function inPieces(form: string): readonly string[] {
  if (form.length <= longest) return [form];
  const starts = Array.from({ length: Math.ceil(form.length / longest) }, (_, at) => at * longest);
  return starts.map((start) => form.slice(Math.min(start, form.length - longest)).slice(0, longest));
}
