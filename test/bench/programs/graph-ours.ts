/** Tocsin's graph: our own SVG, by resvg, in a thread of its own. */
import { createArtist } from '../../../src/evidence/chart/draw.ts';
import { chart, report } from '../graph/subject.ts';

const artist = createArtist();
await report(() => artist.draw(chart, AbortSignal.timeout(30_000)));
await artist.close();
