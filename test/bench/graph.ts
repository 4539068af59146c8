/** The graph of an alert as PNG: what it costs and weighs, against other ways to draw the same, each in a process of its own. */
import { reportOf } from './processes.ts';
import { rivals } from './rivals.ts';
import { median, type Row, rounds } from './table.ts';

/** Of one graph. */
export interface Drawn {
  /** Of all threads. */
  readonly cpuMs: number;
  /** For so long the main thread did nothing else. */
  readonly mainMs: number;
  readonly bytes: number;
}

interface Rival {
  readonly name: string;
  readonly program: string;
  /** How many times less CPU is wanted. */
  readonly less: number;
}

const others: readonly Rival[] = [
  { name: 'echarts + resvg', program: 'graph-echarts', less: 6 },
  { name: 'chart.js + napi canvas', program: 'graph-chartjs', less: 4 },
];

export async function graphRows(): Promise<readonly Row[]> {
  const ours: Drawn[] = [];
  const theirs = new Map<Rival, Drawn[]>(rivals ? others.map((rival) => [rival, []]) : []);
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await reportOf<Drawn>('graph-ours'));
    for (const [{ program }, drawn] of theirs) drawn.push(await reportOf<Drawn>(program, rivals ?? ''));
  }
  const of = (drawn: readonly Drawn[], field: keyof Drawn) => median(drawn.map((one) => one[field]));
  return [
    {
      name: 'a graph: busy main thread',
      ours: of(ours, 'mainMs'),
      unit: 'ms',
      target: { limit: 1 },
    },
    ...[...theirs].flatMap(([{ name, less }, drawn]): Row[] => [
      {
        name: 'a graph as PNG: CPU',
        against: name,
        theirs: of(drawn, 'cpuMs'),
        ours: of(ours, 'cpuMs'),
        unit: 'ms',
        target: { least: less },
      },
      {
        name: 'a graph as PNG: size',
        against: name,
        theirs: of(drawn, 'bytes') / 1024,
        ours: of(ours, 'bytes') / 1024,
        unit: 'kB',
        target: { least: 3 },
      },
    ]),
  ];
}
