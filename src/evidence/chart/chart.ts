/** A graph as data: what is drawn, not how. */
import type { Instant } from '../../domain/ids.ts';

export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: Unit;
  readonly from: Instant;
  readonly to: Instant;
  /** Points further apart than this are not joined. */
  readonly gapMs: number;
  readonly series: readonly ChartSeries[];
  /** How many series there were no room for. */
  readonly more: number;
  readonly threshold?: Threshold;
  /** A moment, for example when the alert began to fire. */
  readonly mark?: { readonly at: Instant; readonly label: string };
}

export interface ChartSeries {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly at: Instant;
  readonly value: number;
}

export interface Threshold {
  readonly value: number;
  readonly operator: Operator;
}

export const operators = ['>', '>=', '<', '<=', '==', '!='] as const;
export type Operator = (typeof operators)[number];

export type Unit = 'none' | 'bytes' | 'bytes/s' | 'seconds' | '/s' | 'percent';

/** Most people can tell so many colours apart. */
export const maxSeries = 6;

/** Draws it as PNG. */
export type Draw = (chart: Chart, signal: AbortSignal) => Promise<Uint8Array>;
