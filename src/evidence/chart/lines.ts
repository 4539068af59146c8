/** The series: a line where there are values, nothing where there are none. */
import type { Chart, ChartSeries, Point } from './chart.ts';
import { colors, lineColor } from './colors.ts';
import { element, rounded } from './elements.ts';
import type { Layout } from './layout.ts';
import { breachBox } from './marks.ts';
import { isDrawable } from './scale.ts';

export function lines(chart: Chart, layout: Layout): string {
  // The first series is the alert's own: drawn last, so that it lies on top.
  const drawn = chart.series.map((series, i) => line(series, lineColor(i), { chart, layout })).reverse();
  return drawn.join('');
}

interface Drawing {
  readonly chart: Chart;
  readonly layout: Layout;
}

function line({ points }: ChartSeries, color: string, { chart, layout }: Drawing): string {
  const stretches = unbroken(points, chart.gapMs).map((stretch) => stretch.map((point) => place(point, layout)));
  const filled = fills(chart, layout).flatMap((fill) => stretches.map((places) => area(places, fill)));
  return [...filled, ...stretches.map((places) => stroke(places, color)), lastDot(stretches, color)].join('');
}

/** Where values are missing (a scrape that failed, NaN, infinity), the line ends and begins anew. */
export function unbroken(points: readonly Point[], gapMs: number): Point[][] {
  const stretches: Point[][] = [];
  for (const point of points) {
    if (!isDrawable(point.value)) continue;
    const last = stretches.at(-1)?.at(-1);
    if (last && point.at - last.at <= gapMs && !isBroken(points, last, point)) stretches.at(-1)?.push(point);
    else stretches.push([point]);
  }
  return stretches;
}

const isBroken = (points: readonly Point[], last: Point, next: Point): boolean =>
  points.some(({ at, value }) => at > last.at && at < next.at && !isDrawable(value));

interface Place {
  readonly x: number;
  readonly y: number;
}

const place = ({ at, value }: Point, { x, y }: Layout): Place => ({ x: x(at), y: y(value) });

const pathOf = (places: readonly Place[]): string =>
  places.map(({ x, y }, i) => `${i ? 'L' : 'M'}${rounded(x)} ${rounded(y)}`).join('');

function stroke(places: readonly Place[], color: string): string {
  const [only] = places;
  if (places.length === 1 && only) return dot(only, color, 2.2);
  const look = {
    fill: 'none',
    stroke: color,
    'stroke-width': 2.2,
    'stroke-linejoin': 'round',
    'stroke-linecap': 'round',
  };
  return element('path', { d: pathOf(places), ...look });
}

function area(places: readonly Place[], { ground, fill, clip }: Fill): string {
  const [first] = places;
  const last = places.at(-1);
  if (!first || !last || places.length < 2) return '';
  const d = `${pathOf(places)}L${rounded(last.x)} ${rounded(ground)}L${rounded(first.x)} ${rounded(ground)}Z`;
  return element('path', { d, fill, ...(clip ? { 'clip-path': clip } : {}) });
}

interface Fill {
  readonly ground: number;
  readonly fill: string;
  readonly clip?: string;
}

/** Below a single line, and in red between it and the limit where it is on the wrong side. */
function fills(chart: Chart, layout: Layout): Fill[] {
  const { axis, y } = layout;
  if (chart.series.length !== 1) return [];
  const below = { ground: y(Math.min(Math.max(0, axis.min), axis.max)), fill: 'url(#area)' };
  const wrong = chart.threshold && breachBox(chart, layout) ? y(chart.threshold.value) : undefined;
  return wrong === undefined ? [below] : [below, { ground: wrong, fill: `${colors.limit}40`, clip: 'url(#breach)' }];
}

const lastDot = (stretches: readonly (readonly Place[])[], color: string): string => {
  const last = stretches.at(-1)?.at(-1);
  return last ? dot(last, color, 3.6) : '';
};

const dot = ({ x, y }: Place, color: string, r: number): string =>
  element('circle', { cx: x, cy: y, r, fill: color, stroke: colors.ground, 'stroke-width': 1.2 });

/** Fades towards the ground. */
export const areaFill = (): string =>
  element(
    'linearGradient',
    { id: 'area', x1: 0, y1: 0, x2: 0, y2: 1 },
    element('stop', { offset: 0, 'stop-color': lineColor(0), 'stop-opacity': 0.26 }),
    element('stop', { offset: 1, 'stop-color': lineColor(0), 'stop-opacity': 0.03 }),
  );
