/** A graph as SVG: made for somebody who has to decide by it, in a hurry, perhaps on a phone. */
import { axes, clock, dayText } from './axes.ts';
import type { Chart } from './chart.ts';
import { colors, lineColor } from './colors.ts';
import { element, rectangle, words } from './elements.ts';
import { type Box, type Layout, layoutOf, legendRow, width } from './layout.ts';
import { areaFill, lines } from './lines.ts';
import { breach, breachBox, limit, mark } from './marks.ts';
import { valueText } from './numbers.ts';
import { fitted, widthOf } from './text.ts';

export function toSvg(chart: Chart): string {
  const layout = layoutOf(chart);
  const { height, plot } = layout;
  const rim = 4;
  const inner = { left: plot.left - rim, right: plot.right + rim, top: plot.top - rim, bottom: plot.bottom + rim };
  const breached = breachBox(chart, layout) ?? { ...plot, bottom: plot.top };
  const clips = [clipPath('plot', inner), clipPath('breach', breached)];
  const page = element('rect', {
    x: 0.5,
    y: 0.5,
    width: width - 1,
    height: height - 1,
    rx: 10,
    fill: colors.ground,
    stroke: colors.rim,
  });
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` },
    element('defs', {}, areaFill(), ...clips),
    page,
    heading(chart, layout),
    breach(chart, layout),
    axes(chart, layout),
    mark(chart, layout),
    element('g', { 'clip-path': 'url(#plot)' }, lines(chart, layout)),
    limit(chart, layout),
    legend(chart, layout),
  );
}

const clipPath = (id: string, box: Box): string => element('clipPath', { id }, rectangle(box));

function heading({ title, subtitle, from, to }: Chart, { edge }: Layout): string {
  const times = timeRange(from, to);
  const room = width - 2 * edge;
  const titleFont = { size: 18, face: 'bold' } as const;
  const subtitleFont = { size: 11.5, face: 'mono' } as const;
  return (
    words(fitted(title, room - widthOf(times, { size: 12 }) - 24, titleFont), {
      ...titleFont,
      x: edge,
      y: 36,
      color: colors.ink,
    }) +
    words(times, { x: width - edge, y: 35, size: 12, color: colors.muted, anchor: 'end' }) +
    words(fitted(subtitle, room, subtitleFont), { ...subtitleFont, x: edge, y: 56, color: colors.muted })
  );
}

/** `22 Nov 2026, 15:00–16:00 UTC` */
export function timeRange(from: number, to: number): string {
  const [first, last] = [from, to].map((at) => new Date(at).toISOString());
  const day = (iso = '') => `${dayText(iso.slice(0, 10))} ${iso.slice(0, 4)}`;
  const time = (iso = '') => iso.slice(11, 16);
  const end = day(first) === day(last) ? time(last) : `${day(last)}, ${time(last)}`;
  return `${day(first)}, ${time(first)}–${end} UTC`;
}

function legend({ series, more, unit }: Chart, { edge, legendTop }: Layout): string {
  const size = 12;
  const rows = series.map(({ name, points }, i) => {
    const last = points.at(-1);
    const value =
      last && Number.isFinite(last.value)
        ? `${valueText(last.value, unit)} at ${clock(last.at)}`
        : 'no value at the end';
    const y = legendTop + i * legendRow + 10;
    const room = width - 2 * edge - 22 - widthOf(value, { size }) - 24;
    return (
      element('rect', { x: edge, y: y - 8, width: 14, height: 5, rx: 2.5, fill: lineColor(i) }) +
      words(fitted(name, room, { size }), { x: edge + 22, y, size, color: colors.ink }) +
      words(value, { x: width - edge, y, size, color: colors.muted, anchor: 'end' })
    );
  });
  const y = legendTop + series.length * legendRow + 10;
  const rest = more ? [words(`and ${more} more series`, { x: edge + 22, y, size, color: colors.muted })] : [];
  return [...rows, ...rest].join('');
}
