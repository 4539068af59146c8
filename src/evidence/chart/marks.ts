/** What the alert adds to the graph: the limit that it watches, and the moment it fired. */
import type { Chart, Threshold } from './chart.ts';
import { colors } from './colors.ts';
import { element, rectangle, words } from './elements.ts';
import type { Box, Layout } from './layout.ts';
import { valueText } from './numbers.ts';
import { isDrawable } from './scale.ts';
import { widthOf } from './text.ts';

const sides: Readonly<Record<Threshold['operator'], string>> = {
  '>': 'above',
  '>=': 'from',
  '<': 'below',
  '<=': 'up to',
  '==': 'at',
  '!=': 'off',
};

/** `alert above 0.05` */
export const limitText = ({ operator, value }: Threshold, unit: Chart['unit']): string =>
  `alert ${sides[operator]} ${valueText(value, unit)}`;

const isShown = (threshold: Threshold, { axis }: Layout): boolean =>
  isDrawable(threshold.value) && threshold.value >= axis.min && threshold.value <= axis.max;

/** Where the alert fires; undefined where it has no side, or none that is on the graph. */
export function breachBox({ threshold }: Chart, layout: Layout): Box | undefined {
  if (!threshold || !isShown(threshold, layout)) return undefined;
  const at = layout.y(threshold.value);
  if (threshold.operator.startsWith('>')) return { ...layout.plot, bottom: at };
  return threshold.operator.startsWith('<') ? { ...layout.plot, top: at } : undefined;
}

/** Tinted, below everything else. */
export function breach(chart: Chart, layout: Layout): string {
  const box = breachBox(chart, layout);
  return box ? rectangle(box, { fill: colors.breach }) : '';
}

export function limit(chart: Chart, layout: Layout): string {
  const { threshold, unit } = chart;
  if (!threshold) return '';
  const { plot, y } = layout;
  const text = limitText(threshold, unit);
  const font = { size: 11.5, face: 'bold' } as const;
  const look = { ...font, x: labelLeft(chart, layout, widthOf(text, font)), color: colors.limit } as const;
  if (!isShown(threshold, layout)) {
    const isHigher = threshold.value > layout.axis.max;
    const arrow = isHigher ? '↑' : '↓';
    return words(`${arrow} ${text}`, { ...look, y: isHigher ? plot.top + 16 : plot.bottom - 10, halo: colors.ground });
  }
  const at = y(threshold.value);
  const label = at - plot.top > 20 ? at - 7 : at + 16;
  return (
    element('line', {
      x1: plot.left,
      x2: plot.right,
      y1: at,
      y2: at,
      stroke: colors.limit,
      'stroke-width': 1.6,
      'stroke-dasharray': '6 4',
    }) + words(text, { ...look, y: label })
  );
}

/** On the left, where the line usually is not; beside the mark where that is there. */
function labelLeft({ mark: moment, from }: Chart, { plot, x }: Layout, width: number): number {
  const left = plot.left + 8;
  const at = moment ? x(Math.max(moment.at, from)) : Number.NEGATIVE_INFINITY;
  return at > left - 8 && at < left + width + 8 ? at + 8 : left;
}

/** A flag on top: the line runs down from it, at the left edge where it was before the graph begins. */
export function mark({ mark: moment, from, to }: Chart, { plot, x }: Layout): string {
  if (!moment || moment.at > to) return '';
  const at = x(Math.max(moment.at, from));
  const font = { size: 11.5, face: 'bold' } as const;
  const flag = widthOf(moment.label, font) + 16;
  const left = Math.min(Math.max(at - flag / 2, plot.left), plot.right - flag);
  return (
    element('line', { x1: at, x2: at, y1: plot.top - 4, y2: plot.bottom, stroke: colors.mark, 'stroke-width': 1.6 }) +
    element('rect', { x: left, y: plot.top - 24, width: flag, height: 20, rx: 4, fill: colors.mark }) +
    words(moment.label, { ...font, x: left + 8, y: plot.top - 10, color: colors.ground })
  );
}
