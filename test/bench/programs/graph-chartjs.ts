/** A rival: Chart.js on a canvas of Skia's. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { height, limit, report, series, subtitle, title, width } from '../graph/subject.ts';

interface Canvas {
  encode(format: 'png'): Promise<Uint8Array>;
}
type ChartClass = new (canvas: Canvas, config: object) => { destroy(): void };

const load = createRequire(join(process.argv[2] ?? '', 'package.json'));
const { Chart, registerables } = load('chart.js') as {
  Chart: ChartClass & { register(...all: object[]): void };
  registerables: object[];
};
const { createCanvas } = load('@napi-rs/canvas') as { createCanvas(width: number, height: number): Canvas };
Chart.register(...registerables);

const line = { pointRadius: 0, borderWidth: 1.5 };
const [first] = series;
const limitLine = (first?.points ?? []).map(({ at }) => ({ x: at, y: limit }));
const config = {
  type: 'line',
  data: {
    datasets: [
      ...series.map(({ name, points }) => ({
        ...line,
        label: name,
        data: points.map(({ at, value }) => ({ x: at, y: value })),
      })),
      { ...line, label: 'limit', data: limitLine, borderDash: [6, 4] },
    ],
  },
  options: {
    ...{ responsive: false, animation: false, parsing: false, devicePixelRatio: 2 },
    plugins: { legend: { position: 'bottom' }, title: { display: true, text: [title, subtitle] } },
    scales: {
      x: { type: 'linear', ticks: { callback: (value: number) => new Date(value).toISOString().slice(11, 16) } },
    },
  },
};

await report(async () => {
  const canvas = createCanvas(width, height);
  const chart = new Chart(canvas, config);
  const png = await canvas.encode('png');
  chart.destroy();
  return png;
});
