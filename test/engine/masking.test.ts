/** Secrets in streams: masked wherever the stream was cut, in each of their forms, and with little held back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker, masked } from '../../src/engine/masking.ts';

/** Pieces of a text, cut anywhere. */
function inPieces(text: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length));
}

function streamed(secrets: readonly string[], pieces: readonly string[]): string {
  const stream = createMasker(secrets).stream();
  return pieces.map((piece) => stream.write(piece)).join('') + stream.flush();
}

// Few letters, so that secrets overlap themselves and each other.
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '=', '%'), minLength: 4, maxLength: 9 });
const secret = fc.oneof(
  word,
  fc.array(word, { minLength: 2, maxLength: 3 }).map((lines) => lines.join('\n')),
);
const secrets = fc.array(secret, { minLength: 1, maxLength: 4 });
const noise = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '\n', 'ü', '=', '%'), maxLength: 30 });
const text = (known: readonly string[]) =>
  fc
    .array(
      fc.oneof(noise, fc.constantFrom(...known, ...known.map((one) => btoa(one)), ...known.map(encodeURIComponent))),
    )
    .map((parts) => parts.join(''));
const scene = secrets.chain((known) =>
  fc.record({ known: fc.constant(known), text: text(known), cuts: fc.array(fc.nat(400), { maxLength: 20 }) }),
);

describe('a stream', () => {
  test('shows the same however it was cut', () => {
    fc.assert(
      fc.property(scene, ({ known, text, cuts }) => {
        expect(streamed(known, inPieces(text, cuts))).toBe(createMasker(known).mask(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('lets no secret through, in none of its forms and in no line of it', () => {
    fc.assert(
      fc.property(scene, ({ known, text, cuts }) => {
        const out = streamed(known, inPieces(text, cuts));
        const forms = known.flatMap((one) => [...one.split('\n'), btoa(one), encodeURIComponent(one)]);
        expect(forms.filter((form) => form.length >= 4 && out.includes(form))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('holds back less than the longest form, and nothing once that has been seen whole', () => {
    fc.assert(
      fc.property(scene, ({ known, text, cuts }) => {
        const stream = createMasker(known).stream();
        const longest = Math.max(...known.map((one) => encodeURIComponent(one).length * 2));
        for (const piece of inPieces(text, cuts)) stream.write(piece);
        expect(stream.flush().length).toBeLessThan(longest);
      }),
    );
    expect(createMasker(['abcd']).stream().write('-abcd')).toBe(`-${masked}`);
  });

  test('leaves what is no secret as it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(99)), (any, cuts) => {
        expect(streamed([], inPieces(any, cuts))).toBe(any);
      }),
    );
    expect(createMasker(['hunter2-hunter2']).mask('hunter2 is no secret')).toBe('hunter2 is no secret');
  });

  test('shows a line at once when nothing at its end could begin a secret', () => {
    const stream = createMasker(['s3cret-value']).stream();
    expect(stream.write('restarting shop.service\n')).toBe('restarting shop.service\n');
    expect(stream.write('token s3cr')).toBe('token ');
    expect(stream.write('et-va')).toBe('');
    expect(stream.write('lue!')).toBe(`${masked}!`);
  });
});

describe('forms', () => {
  const value = 'p@ss w/rd"+ü';
  const hides = (shown: string): void => expect(createMasker([value]).mask(`x ${shown} y`)).toBe(`x ${masked} y`);

  test('in a URL, in a form, in JSON', () => {
    hides(encodeURIComponent(value));
    hides(encodeURIComponent(value).toLowerCase());
    hides(encodeURIComponent(value).replaceAll('%20', '+'));
    hides(JSON.stringify(value).slice(1, -1));
  });

  test('in hex, in HTML, quoted by a shell, and in the JSON of other languages', () => {
    hides(Buffer.from(value).toString('hex'));
    hides(Buffer.from(value).toString('hex').toUpperCase());
    hides(value.replace('"', '&quot;'));
    hides('p@ss w\\/rd\\"+\\u00fc');
    const shy = "it's <&>";
    const hidesShy = (shown: string): void => expect(createMasker([shy]).mask(shown)).toBe(masked);
    hidesShy("it'\\''s <&>");
    hidesShy(`it'"'"'s <&>`);
    hidesShy('it&#39;s &lt;&amp;&gt;');
    hidesShy("it's \\u003c\\u0026\\u003e");
  });

  test.each(['', 'u', 'us', 'user:'])('in base64 behind %j, as of Basic authentication', (before) => {
    const shown = createMasker([value]).mask(Buffer.from(`${before}${value}!!`).toString('base64'));
    expect(shown).toContain(masked);
    expect(shown.replace(masked, '').length).toBeLessThan(before.length * 2 + 8);
  });

  test('a private key is hidden line by line, also the last piece of one that was cut off', () => {
    const line = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gt';
    const masker = createMasker([`-----BEGIN KEY-----\n${line}\nZm9v\n-----END KEY-----\n`]);
    expect(masker.mask(`a\n${line}\nZm9v\nb`)).toBe(`a\n${masked}\n${masked}\nb`);
    expect(masker.mask(line.slice(0, 65))).toBe(`${masked}${line[64]}`);
  });

  test('what is shorter than four characters is not hidden: it would be in every other word', () => {
    expect(createMasker(['abc']).mask('abcdef')).toBe('abcdef');
  });

  test('secrets that overlap or touch are one mark', () => {
    expect(createMasker(['abcd', 'cdef']).mask('xabcdefy abcdabcd')).toBe(`x${masked}y ${masked}`);
  });

  test('a secret that is read later is hidden from then on, the part that was held back included', () => {
    const masker = createMasker(['abcdef']);
    const stream = masker.stream();
    expect(stream.write('-abcd')).toBe('-');
    masker.learn('bcdX');
    expect(stream.write('X-') + stream.flush()).toBe(`a${masked}-`);
  });
});
