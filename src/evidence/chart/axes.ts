/** The ground of the graph: grid, numbers on the left, times in UTC below. */
import type { Chart } from './chart.ts';
import { colors } from './colors.ts';
import { element, words } from './elements.ts';
import type { Layout } from './layout.ts';
import { timeTicks } from './scale.ts';

const size = 11.5;

export const axes = (chart: Chart, layout: Layout): string =>
  [...valueLines(layout), ...timeLines(chart, layout)].join('');

function valueLines({ axis, labels, plot, y }: Layout): string[] {
  return axis.ticks.flatMap((tick, i) => {
    const at = y(tick);
    const stroke = i === 0 ? colors.axis : colors.grid;
    return [
      element('line', { x1: plot.left, x2: plot.right, y1: at, y2: at, stroke }),
      words(labels[i] ?? '', { x: plot.left - 10, y: at + 4, size, color: colors.muted, anchor: 'end' }),
    ];
  });
}

function timeLines({ from, to }: Chart, { plot, x }: Layout): string[] {
  const ticks = timeTicks(from, to).flatMap((tick) => {
    const at = x(tick);
    const isAtEdge = at < plot.left + 14 || at > plot.right - 14;
    const anchor = !isAtEdge ? 'middle' : at < plot.left + 14 ? 'start' : 'end';
    return [
      element('line', { x1: at, x2: at, y1: plot.bottom, y2: plot.bottom + 5, stroke: colors.axis }),
      words(clock(tick), { x: at, y: plot.bottom + 19, size, color: colors.muted, anchor }),
    ];
  });
  return [...ticks, words('UTC', { x: plot.left - 10, y: plot.bottom + 19, size, color: colors.muted, anchor: 'end' })];
}

/** `15:30`; at midnight the day. */
export function clock(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  return time.startsWith('00:00') ? dayText(date) : time.slice(0, 5);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-11-22` → `22 Nov`. */
export function dayText(date: string): string {
  const [, month, day] = date.split('-').map(Number);
  return `${day} ${months[(month ?? 1) - 1]}`;
}
