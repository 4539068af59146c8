/** `npm run bench`: what receiving, deciding and showing cost, against floors and rivals, in one run; `npm run bench start graph` takes parts. */
import { alertmanagerRows } from './alertmanager.ts';
import { costRows } from './cost.ts';
import { graphRows } from './graph.ts';
import { playbookRows } from './playbooks.ts';
import { runRows } from './runs.ts';
import { slackRows } from './slack.ts';
import { startRows } from './start.ts';
import { stormRows } from './storms.ts';
import { isMet, printed, type Row, rounds } from './table.ts';

const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  start: startRows,
  storms: stormRows,
  cost: costRows,
  playbooks: playbookRows,
  runs: runRows,
  alertmanager: alertmanagerRows,
  slack: slackRows,
  graph: graphRows,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !parts[name]);
if (unknown.length) throw new Error(`no part ${unknown.join(', ')}; there are: ${Object.keys(parts).join(', ')}`);

const rows: Row[] = [];
for (const [name, measured] of Object.entries(parts))
  if (!named.length || named.includes(name)) rows.push(...(await measured()));

console.log(printed(rows));
const missed = rows.filter((row) => !isMet(row)).length;
console.log(`\n${rows.length - missed} of ${rows.length} targets met, medians of ${rounds} interleaved rounds.`);
process.exitCode = missed ? 1 : 0;
