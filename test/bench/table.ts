/** The bench's table: a row, its floor or rival, ours, their ratio, the target, the verdict. */

/** Of each contender, interleaved: what the machine does meanwhile meets all of them. */
export const rounds = 5;

export interface Row {
  readonly name: string;
  /** What ours is held against, measured in the same run; a limit needs none. */
  readonly against?: string;
  readonly theirs?: number;
  readonly ours: number;
  readonly unit: string;
  readonly target: Target;
}

/** `most`: ours / theirs is at most this; `least`: theirs / ours is at least this; `limit` and `floor`: ours itself is at most, at least this. */
export type Target =
  | { readonly most: number }
  | { readonly least: number }
  | { readonly limit: number }
  | { readonly floor: number };

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export const isMet = ({ theirs = Number.NaN, ours, target }: Row): boolean => {
  if ('limit' in target) return ours <= target.limit;
  if ('floor' in target) return ours >= target.floor;
  return 'most' in target ? ours / theirs <= target.most : theirs / ours >= target.least;
};

const targetOf = ({ target, unit }: Row): string => {
  if ('limit' in target) return `≤ ${target.limit} ${unit}`;
  if ('floor' in target) return `≥ ${target.floor} ${unit}`;
  return 'most' in target ? `≤ ${target.most}×` : `${target.least}× less`;
};

const number = (value: number): string =>
  Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

export function printed(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.theirs === undefined ? '' : `${row.against}: ${number(row.theirs)} ${row.unit}`,
    `${number(row.ours)} ${row.unit}`,
    !('most' in row.target || 'least' in row.target) || row.theirs === undefined
      ? ''
      : `${number(row.ours / row.theirs)}×`,
    targetOf(row),
    isMet(row) ? 'met' : 'MISSED',
  ]);
  const all = [['row', 'floor or rival', 'ours', 'ratio', 'target', 'verdict'], ...cells];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...all.map((line) => [...(line[column] ?? '')].length)));
  return all.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
