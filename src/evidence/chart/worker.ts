/** Turns graphs into PNG, in a thread of its own: drawing takes 50 ms in which nothing else should wait. */
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { Resvg } from '@resvg/resvg-js';
import type { Chart } from './chart.ts';
import { toPng } from './png.ts';
import { toSvg } from './svg.ts';

const { resolve } = createRequire(import.meta.url);
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSansMono.ttf'].map((file) =>
  resolve(`dejavu-fonts-ttf/ttf/${file}`),
);

// The machine's own fonts differ, and are read anew for each picture; without a font file, text vanishes.
const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };

parentPort?.on('message', (chart: Chart) => {
  try {
    const picture = new Resvg(toSvg(chart), { fitTo: { mode: 'zoom', value: 2 }, font }).render();
    parentPort?.postMessage({ png: toPng(picture) });
  } catch (error) {
    parentPort?.postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
});
