/** The colours of a graph: red is kept for what is wrong. */

export const colors = {
  ground: '#ffffff',
  rim: '#e2e6ee',
  ink: '#131a2b',
  muted: '#626c80',
  grid: '#131a2b14',
  axis: '#c4cad6',
  limit: '#d92d20',
  breach: '#fff5f4',
  mark: '#8f1d14',
} as const;

const lines = ['#2563eb', '#e07b00', '#0d9668', '#8b45d6', '#0891b2', '#b0579b'] as const;

export const lineColor = (index: number): string => lines[index % lines.length] ?? lines[0];
