/** The graph that people decide by: what is on it, and that it is a picture. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Chart, Point } from '../../src/evidence/chart/chart.ts';
import { createArtist } from '../../src/evidence/chart/draw.ts';
import { unbroken } from '../../src/evidence/chart/lines.ts';
import { tickTexts, valueText } from '../../src/evidence/chart/numbers.ts';
import { timeTicks, valueAxis } from '../../src/evidence/chart/scale.ts';
import { toSvg } from '../../src/evidence/chart/svg.ts';
import { fitted, widthOf } from '../../src/evidence/chart/text.ts';

const to = Date.parse('2026-11-22T15:53:20Z');
const from = to - 3_600_000;
const pointsOf = (...values: number[]): Point[] => values.map((value, i) => ({ at: from + i * 15_000, value }));
const chart = (change: Partial<Chart> = {}): Chart => ({
  title: 'ShopErrors',
  subtitle: 'shop_error_ratio{job="shop"} > 0.05',
  unit: 'none',
  from,
  to,
  gapMs: 22_500,
  series: [{ name: 'instance=shop-1', points: pointsOf(0.01, 0.02, 0.4) }],
  more: 0,
  threshold: { value: 0.05, operator: '>' },
  mark: { at: to - 100_000, label: 'firing 15:51:40' },
  ...change,
});
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);
const count = (svg: string, what: RegExp): number => svg.match(what)?.length ?? 0;

const artist = createArtist();
afterAll(() => artist.close());

describe('the picture', () => {
  test('is a PNG of twice the size', async () => {
    const png = Buffer.from(await artist.draw(chart(), AbortSignal.timeout(20_000)));
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect(png.readUInt32BE(16)).toBe(2 * 840);
    expect(png.readUInt32BE(20)).toBeGreaterThan(700);
    expect(png.length).toBeLessThan(300_000);
  });

  test('of many is drawn one after the other, and one that fails harms no other', async () => {
    const bad = { ...chart(), series: null } as unknown as Chart;
    const signal = AbortSignal.timeout(20_000);
    const results = await Promise.allSettled([
      artist.draw(chart(), signal),
      artist.draw(bad, signal),
      artist.draw(chart(), signal),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(String(results[1]?.status === 'rejected' && results[1].reason)).toMatch(
      /^Error: the graph could not be drawn: [^\n]+$/,
    );
  });

  test('that takes too long is given up, and the next one is drawn', async () => {
    const hasty = createArtist({ timeoutMs: 1 });
    await expect(hasty.draw(chart(), AbortSignal.timeout(20_000))).rejects.toThrow('the graph took too long to draw');
    await hasty.close();
    await expect(artist.draw(chart(), AbortSignal.abort())).rejects.toThrow();
    expect((await artist.draw(chart(), AbortSignal.timeout(20_000))).length).toBeGreaterThan(1_000);
  });
});

describe('what is on it', () => {
  test('title, expression, times with their zone, limit, firing moment, series with its last value', () => {
    const texts = textsOf(toSvg(chart()));
    for (const text of [
      'ShopErrors',
      'shop_error_ratio{job=&quot;shop&quot;} &gt; 0.05',
      '22 Nov 2026, 14:53–15:53 UTC',
      'UTC',
      '15:00',
      '15:50',
      'alert above 0.05',
      'firing 15:51:40',
      'instance=shop-1',
      '0.4 at 14:53',
      '0',
      '0.5',
    ])
      expect(texts).toContain(text);
  });

  test('its structure: ground, tint, grid, area with its breach, line, dot, limit, flag', () => {
    const shape = toSvg(chart())
      .replace(/ (d|x\d?|y\d?|cx|cy|width|height)="[^"]*"/g, '')
      .replace(/>[^<>]+<\/text>/g, '/>');
    expect(
      shape
        .match(/<(\w+)[^>]*?(?: fill="([^"]*)")?/g)
        ?.map((tag) => tag.slice(1).split(' ')[0])
        .join(' '),
    ).toMatchInlineSnapshot(
      `"svg defs linearGradient stop stop clipPath rect clipPath rect rect text text text rect line text line text line text line text line text line text line text line text line text line text line text line text text line rect text g path path path circle line text rect text text"`,
    );
    expect(shape).toContain('fill="url(#area)"');
    expect(shape).toContain('clip-path="url(#breach)"');
    expect(shape).toContain('stroke-dasharray="6 4"');
  });

  test('a limit far away is said at the edge, and leaves the line its shape', () => {
    const svg = toSvg(chart({ threshold: { value: 5e6, operator: '>' } }));
    expect(textsOf(svg)).toContain('↑ alert above 5M');
    expect(svg).not.toContain('stroke-dasharray');
  });

  test('an alert that fires longer than the graph reaches is marked at the left edge', () => {
    const svg = toSvg(chart({ mark: { at: from - 9e6, label: 'firing since 12:23' } }));
    expect(textsOf(svg)).toContain('firing since 12:23');
    expect(svg).not.toMatch(/NaN|Infinity|="-/);
  });

  test('six series have a legend, and the rest is counted', () => {
    const series = Array.from({ length: 6 }, (_, i) => ({ name: `pod=p${i}`, points: pointsOf(i, i + 1) }));
    const svg = toSvg(chart({ series, more: 12 }));
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['pod=p0', 'pod=p5', 'and 12 more series']));
    expect(count(svg, /<path/g)).toBe(6);
  });

  test('NaN, infinity and missing scrapes are gaps, and a lone value is a dot', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinite } = Number;
    expect(
      unbroken(pointsOf(1, 2, nan, 3, infinite, 4, 5), 60_000).map((some) => some.map(({ value }) => value)),
    ).toEqual([[1, 2], [3], [4, 5]]);
    expect(
      unbroken(
        pointsOf(1, 2, 3).filter((_, i) => i !== 1),
        22_500,
      ),
    ).toHaveLength(2);
    const svg = toSvg(chart({ series: [{ name: 'x', points: pointsOf(7) }] }));
    expect(count(svg, /<circle/g)).toBeGreaterThan(0);
    expect(count(svg, /<path/g)).toBe(0);
  });

  test('text from alerts is text', () => {
    const evil = '</text><script>alert("x")</script>&\u0000\u202e\ud800';
    const svg = toSvg(chart({ title: evil, subtitle: evil, series: [{ name: evil, points: pointsOf(1, 2) }] }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be in it
    expect(svg).not.toMatch(/<script|\u0000|\u202e|\ud800(?![\udc00-\udfff])/);
    expect(svg).toContain('&lt;script&gt;');
  });

  test('whatever the values are, every coordinate is a number on the page', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1e-320, 1e300, -1e300, Number.NaN), fc.integer());
    const unit = fc.constantFrom<Chart['unit']>('none', 'bytes', 'bytes/s', 'seconds', '/s', 'percent');
    const threshold = fc.record({ value: fc.double({ noNaN: true }), operator: fc.constantFrom('>', '<', '==') });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), unit, threshold, (values, some, limit) => {
        fc.pre(values.some(Number.isFinite));
        const svg = toSvg(
          chart({
            unit: some,
            threshold: limit as Chart['threshold'] & object,
            series: [{ name: 'x', points: pointsOf(...values) }],
          }),
        );
        expect(svg.replace(/>[^<]*</g, '><')).not.toMatch(/NaN|Infinity|undefined/);
        expect(count(svg, /<line/g)).toBeLessThan(60);
      }),
      { numRuns: 500 },
    );
  });
});

describe('numbers on it', () => {
  test.each`
    values          | threshold    | unit         | texts
    ${[0, 0.63]}    | ${0.05}      | ${'none'}    | ${'0 0.2 0.4 0.6 0.8'}
    ${[0, 0]}       | ${undefined} | ${'none'}    | ${'0 0.2 0.4 0.6 0.8 1.0'}
    ${[1200, 1500]} | ${undefined} | ${'/s'}      | ${'1.1k/s 1.2k/s 1.3k/s 1.4k/s 1.5k/s 1.6k/s'}
    ${[2e10, 2e10]} | ${1e10}      | ${'bytes'}   | ${'0 5 GiB 10 GiB 15 GiB 20 GiB'}
    ${[0.1, 1.1]}   | ${0.5}       | ${'seconds'} | ${'0 0.25 s 0.50 s 0.75 s 1.00 s 1.25 s'}
    ${[100, 900]}   | ${undefined} | ${'seconds'} | ${'0 5 min 10 min 15 min 20 min'}
    ${[97, 99]}     | ${undefined} | ${'percent'} | ${'96.5 % 97.0 % 97.5 % 98.0 % 98.5 % 99.0 % 99.5 %'}
    ${[-5, 5]}      | ${undefined} | ${'none'}    | ${'-7.5 -5.0 -2.5 0 2.5 5.0 7.5'}
  `('$values $unit: $texts', ({ values, threshold, unit, texts }) => {
    const { threshold: _, ...rest } = chart({ unit, series: [{ name: 'x', points: pointsOf(...values) }] });
    const { ticks } = valueAxis(
      threshold === undefined ? rest : { ...rest, threshold: { value: threshold, operator: '>' } },
    );
    expect(tickTexts(ticks, unit).join(' ')).toBe(texts);
  });

  test.each`
    value       | unit         | text
    ${0.05}     | ${'none'}    | ${'0.05'}
    ${1234567}  | ${'none'}    | ${'1.23M'}
    ${-1500}    | ${'none'}    | ${'-1.5k'}
    ${0.000012} | ${'none'}    | ${'1.2e-5'}
    ${0}        | ${'seconds'} | ${'0'}
    ${0.25}     | ${'seconds'} | ${'250 ms'}
    ${90}       | ${'seconds'} | ${'1.5 min'}
    ${1536}     | ${'bytes/s'} | ${'1.5 KiB/s'}
    ${100}      | ${'none'}    | ${'100'}
    ${1e21}     | ${'none'}    | ${/1e\+?9T|1000000000T/}
  `('$value $unit reads $text', ({ value, unit, text }) => expect(valueText(value, unit)).toMatch(text));

  test('times are whole ones', () => {
    expect(timeTicks(from, to).map((at) => new Date(at).toISOString().slice(11, 16))).toEqual([
      '15:00',
      '15:10',
      '15:20',
      '15:30',
      '15:40',
      '15:50',
    ]);
  });

  test('text that is too long ends in an ellipsis, and fits', () => {
    const font = { size: 12 };
    expect(fitted('short', 100, font)).toBe('short');
    expect(fitted('x'.repeat(500), 100, font)).toMatch(/^x+…$/);
    expect(widthOf(fitted('W😀'.repeat(100), 100, font), font)).toBeLessThanOrEqual(100);
  });
});
