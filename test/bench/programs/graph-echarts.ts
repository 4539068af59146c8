/** A rival: Apache ECharts makes the SVG, resvg the PNG. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { height, limit, report, series, subtitle, title, width } from '../graph/subject.ts';

interface ECharts {
  init(
    dom: null,
    theme: null,
    options: object,
  ): { setOption(option: object): void; renderToSVGString(): string; dispose(): void };
}

const { resolve } = createRequire(import.meta.url);
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`));
const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };
const echarts = createRequire(join(process.argv[2] ?? '', 'package.json'))('echarts') as ECharts;

const option = {
  animation: false,
  backgroundColor: '#fff',
  title: { text: title, subtext: subtitle },
  legend: { bottom: 0 },
  grid: { left: 60, right: 20, top: 80, bottom: 90 },
  xAxis: { type: 'time' },
  yAxis: { type: 'value' },
  series: series.map(({ name, points }, at) => ({
    ...{ name, type: 'line', showSymbol: false },
    data: points.map(({ at: time, value }) => [time, value]),
    ...(at === 0 && { markLine: { symbol: 'none', data: [{ yAxis: limit }] } }),
  })),
};

await report(async () => {
  const drawn = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  drawn.setOption(option);
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font }).render().asPng();
});
