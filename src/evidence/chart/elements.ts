/** SVG elements as text: the only place that writes a tag, so that everything in it is escaped. */
import type { Box } from './layout.ts';
import { escapeXml, type Font } from './text.ts';

export type Attributes = Readonly<Record<string, string | number>>;

export function element(name: string, attributes: Attributes, ...inside: readonly string[]): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeXml(String(typeof value === 'number' ? rounded(value) : value))}"`,
  );
  return inside.length ? `<${name}${written.join('')}>${inside.join('')}</${name}>` : `<${name}${written.join('')}/>`;
}

export interface Words extends Font {
  readonly x: number;
  readonly y: number;
  readonly color: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** A rim in the colour of the ground, where lines may run below. */
  readonly halo?: string;
}

export function words(text: string, { x, y, size, color, face = 'sans', anchor = 'start', halo }: Words): string {
  const family = face === 'mono' ? 'DejaVu Sans Mono' : 'DejaVu Sans';
  const weight = face === 'bold' ? { 'font-weight': 'bold' } : {};
  const rim = halo ? { stroke: halo, 'stroke-width': 4, 'stroke-linejoin': 'round', 'paint-order': 'stroke' } : {};
  const attributes = {
    x,
    y,
    'font-family': family,
    'font-size': size,
    fill: color,
    'text-anchor': anchor,
    ...weight,
    ...rim,
  };
  return element('text', attributes, escapeXml(text));
}

export const rectangle = ({ left, right, top, bottom }: Box, attributes: Attributes = {}): string =>
  element('rect', { x: left, y: top, width: right - left, height: Math.max(0, bottom - top), ...attributes });

export const rounded = (number: number): number => Math.round(number * 100) / 100;
