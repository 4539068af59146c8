/** Where each part of the picture goes. */
import type { Chart } from './chart.ts';
import { tickTexts } from './numbers.ts';
import { type Axis, linear, valueAxis } from './scale.ts';
import { widthOf } from './text.ts';

export const width = 840;
export const legendRow = 20;
const edge = 24;
const plotTop = 92;
const plotHeight = 250;
const timeLabels = 26;
/** So that what happened just now does not stick to the edge. */
const air = 18;

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Layout {
  readonly height: number;
  readonly edge: number;
  readonly plot: Box;
  readonly legendTop: number;
  readonly axis: Axis;
  readonly labels: readonly string[];
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

export function layoutOf(chart: Chart): Layout {
  const axis = valueAxis(chart);
  const labels = tickTexts(axis.ticks, chart.unit);
  const labelWidth = Math.max(...labels.map((label) => widthOf(label, { size: 11.5 })), widthOf('UTC', { size: 11.5 }));
  const plot = {
    left: Math.ceil(edge + labelWidth + 10),
    right: width - edge,
    top: plotTop,
    bottom: plotTop + plotHeight,
  };
  const rows = chart.series.length + (chart.more ? 1 : 0);
  const legendTop = plot.bottom + timeLabels + 12;
  return {
    ...{ height: legendTop + rows * legendRow + 14, edge, plot, legendTop, axis, labels },
    x: linear([chart.from, chart.to], [plot.left, plot.right - air]),
    y: linear([axis.min, axis.max], [plot.bottom, plot.top]),
  };
}
